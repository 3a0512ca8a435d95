import { limits, type Micros } from '../limits';

/**
 * How many swarms that nobody knew each subscriber named within a minute: a fresh, invented swarm ID must not make us
 * call trackers and peers as often as somebody likes. Bounded: of too many subscribers, who named none for longest is
 * forgotten.
 */
export class SwarmQuota {
  /** By subscriber, whoever named one last at the end: when they were named, within the last minute. */
  private readonly named = new Map<string, readonly Micros[]>();

  /** `perMinute` is how many new swarms one subscriber may name within any minute. */
  constructor(private readonly perMinute: number) {}

  /** True if this subscriber may name one more. */
  admits(subscriber: string, now: Micros): boolean {
    return this.recent(subscriber, now).length < this.perMinute;
  }

  /** Counts a new swarm; false if it is one too many, and does not count. */
  take(subscriber: string, now: Micros): boolean {
    const recent = this.recent(subscriber, now);
    if (recent.length >= this.perMinute) return false;
    this.named.delete(subscriber);
    if (this.named.size >= limits.quotaSubscribersMax) {
      const [idlest] = this.named.keys();
      if (idlest !== undefined) this.named.delete(idlest);
    }
    this.named.set(subscriber, [...recent, now]);
    return true;
  }

  private recent(subscriber: string, now: Micros): readonly Micros[] {
    return (this.named.get(subscriber) ?? []).filter((at) => at > now - limits.quotaSpan);
  }
}
