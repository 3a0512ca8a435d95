import type { Channel } from '../channel/channel';

/** The channels of one swarm, by what they are for. */
export class Members implements Iterable<Channel> {
  private readonly all = new Set<Channel>();
  private readonly served = new Set<Channel>();
  /** Those of the served who are subscribers: what they want is fetched. */
  private readonly subscribed = new Set<Channel>();
  private readonly fetched = new Set<Channel>();

  get size(): number {
    return this.all.size;
  }

  [Symbol.iterator](): IterableIterator<Channel> {
    return this.all.values();
  }

  has(channel: Channel): boolean {
    return this.all.has(channel);
  }

  add(channel: Channel): void {
    this.all.add(channel);
    if (channel.serves) this.served.add(channel);
    if (channel.serves && !channel.guest) this.subscribed.add(channel);
    if (channel.fetches) this.fetched.add(channel);
  }

  delete(channel: Channel): void {
    this.all.delete(channel);
    this.served.delete(channel);
    this.subscribed.delete(channel);
    this.fetched.delete(channel);
  }

  /** Established channels that we serve, to subscribers or guests. */
  *readers(): Iterable<Channel> {
    for (const channel of this.served) if (channel.phase === 'open') yield channel;
  }

  /** Established channels to subscribers. */
  *subscribers(): Iterable<Channel> {
    for (const channel of this.subscribed) if (channel.phase === 'open') yield channel;
  }

  /** At most `count` of them: others the next time, if there are more. */
  *someSubscribers(count: number): Iterable<Channel> {
    const some: Channel[] = [];
    for (const channel of this.subscribed) if (some.push(channel) >= count) break;
    if (some.length < this.subscribed.size) {
      for (const channel of some) {
        this.subscribed.delete(channel);
        this.subscribed.add(channel);
      }
    }
    for (const channel of some) if (channel.phase === 'open') yield channel;
  }

  get hasSubscribers(): boolean {
    for (const channel of this.subscribed) if (channel.phase === 'open') return true;
    return false;
  }

  /** Channels that we fetch on, established or opening. */
  *sources(): Iterable<Channel> {
    for (const channel of this.fetched) if (!channel.closed) yield channel;
  }
}
