import type { Channel } from '../channel/channel';
import { limits } from '../limits';
import { addressKey, type Address } from './address';

/** All channels of an endpoint, by our ID and by what their initiator sent. */
export class ChannelTable {
  private readonly channels = new Map<number, Channel>();
  /** Incoming channels by address and the initiator's channel ID, so that a repeated HANDSHAKE is known. */
  private readonly initiations = new Map<string, Channel>();
  private readonly initiationKeys = new Map<Channel, string>();
  private readonly halfOpen = new Set<Channel>();

  constructor(private readonly random: () => number) {}

  find(id: number): Channel | undefined {
    return this.channels.get(id);
  }

  all(): IterableIterator<Channel> {
    return this.channels.values();
  }

  get size(): number {
    return this.channels.size;
  }

  get full(): boolean {
    return this.channels.size >= limits.channelsMax;
  }

  /** An unused, unpredictable ID other than 0. RFC 7574 sections 3.11 and 8.3. */
  freshId(): number {
    let id = 0;
    while (id === 0 || this.channels.has(id)) id = this.random();
    return id;
  }

  add(channel: Channel): void {
    this.channels.set(channel.id, channel);
  }

  /** Notes what an incoming channel's initiator sent; the oldest half-open one, which is to leave, when they are too many. */
  answered(channel: Channel, remoteId: number): Channel | undefined {
    const key = initiationKey(channel.address, remoteId);
    this.initiations.set(key, channel);
    this.initiationKeys.set(channel, key);
    this.halfOpen.add(channel);
    if (this.halfOpen.size <= limits.halfOpenMax) return undefined;
    const [oldest] = this.halfOpen;
    if (oldest !== undefined) this.halfOpen.delete(oldest);
    return oldest;
  }

  established(channel: Channel): void {
    this.halfOpen.delete(channel);
  }

  findInitiation(address: Address, remoteId: number): Channel | undefined {
    return this.initiations.get(initiationKey(address, remoteId));
  }

  remove(channel: Channel): void {
    this.channels.delete(channel.id);
    this.halfOpen.delete(channel);
    const key = this.initiationKeys.get(channel);
    this.initiationKeys.delete(channel);
    if (key !== undefined && this.initiations.get(key) === channel) this.initiations.delete(key);
  }
}

function initiationKey(address: Address, remoteId: number): string {
  return `${addressKey(address)}|${String(remoteId)}`;
}
