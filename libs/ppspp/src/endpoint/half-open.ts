import { limits, type Micros } from '../limits';
import type { SwarmId } from '../swarm/metadata';
import { addressKey, subscriberKey, type Address } from './address';

/** A channel that was asked for, of which nobody knows whether its initiator is at the address that asked. */
export interface HalfOpen {
  /** Our ID of the channel: who names it proves to be at `from`. RFC 7574 section 12.1. */
  readonly id: number;
  /** The initiator's ID of the channel. */
  readonly remoteId: number;
  readonly from: Address;
  /** Index of the local socket. */
  readonly port: number;
  readonly swarmId: SwarmId;
  readonly bornAt: Micros;
  /** The beginning of its last datagram, `openingBytesMax` long at most. */
  opening: Uint8Array;
  /** False while the store is asked whether it has the swarm. */
  lookedUp: boolean;
  /** Undefined until it was answered: then nobody can know `id`. */
  answeredAt: Micros | undefined;
}

/**
 * Channels that are not yet established. They cost a few hundred bytes each, no place among the channels, and none among
 * the swarms. Of one subscriber the oldest leaves when there are too many, so that one address cannot crowd out others;
 * of all together as well, which leaves each as much time as a flood from ever new addresses needs to fill the table.
 * RFC 7574 section 12.1.2.
 */
export class HalfOpenTable {
  private readonly byId = new Map<number, HalfOpen>();
  /**
   * In the order in which they came, which is that in which they end; some have left, and all before `head`. A map would
   * tell its first entry only after a walk over those that were removed.
   */
  private order: HalfOpen[] = [];
  private head = 0;
  private readonly byInitiation = new Map<string, HalfOpen>();
  private readonly bySubscriber = new Map<string, Set<HalfOpen>>();

  get size(): number {
    return this.byId.size;
  }

  find(id: number): HalfOpen | undefined {
    return this.byId.get(id);
  }

  findInitiation(from: Address, remoteId: number): HalfOpen | undefined {
    return this.byInitiation.get(initiationKey(from, remoteId));
  }

  /** True while it waits for its initiator. */
  has(half: HalfOpen): boolean {
    return this.byId.get(half.id) === half;
  }

  /** The one that the subscriber has had for longest, if it must leave for the next. */
  crowded(from: Address): HalfOpen | undefined {
    const others = this.bySubscriber.get(subscriberKey(from));
    if (others === undefined || others.size < limits.halfOpenEachMax) return undefined;
    const [oldest] = others;
    return oldest;
  }

  add(half: HalfOpen): void {
    const crowded = this.crowded(half.from);
    if (crowded !== undefined) this.remove(crowded);
    const oldest = this.byId.size < limits.halfOpenMax ? undefined : this.oldest();
    if (oldest !== undefined) this.remove(oldest);
    this.byId.set(half.id, half);
    this.compact();
    this.order.push(half);
    this.byInitiation.set(initiationKey(half.from, half.remoteId), half);
    const subscriber = subscriberKey(half.from);
    const others = this.bySubscriber.get(subscriber);
    if (others === undefined) this.bySubscriber.set(subscriber, new Set([half]));
    else others.add(half);
  }

  remove(half: HalfOpen): void {
    if (!this.byId.delete(half.id)) return;
    this.byInitiation.delete(initiationKey(half.from, half.remoteId));
    const subscriber = subscriberKey(half.from);
    const others = this.bySubscriber.get(subscriber);
    others?.delete(half);
    if (others?.size === 0) this.bySubscriber.delete(subscriber);
  }

  /** Forgets those whose time is over. */
  expire(now: Micros): void {
    for (let half = this.oldest(); half !== undefined && now >= half.bornAt + limits.halfOpen; half = this.oldest())
      this.remove(half);
  }

  /** When the next one's time is over. */
  nextTimeout(): Micros | undefined {
    const oldest = this.oldest();
    return oldest && oldest.bornAt + limits.halfOpen;
  }

  private oldest(): HalfOpen | undefined {
    for (let half = this.order[this.head]; half !== undefined; half = this.order[++this.head]) {
      if (this.has(half)) return half;
    }
    return undefined;
  }

  /** Those that left are let go of when they are as many as the others may be. */
  private compact(): void {
    if (this.order.length < 2 * limits.halfOpenMax) return;
    this.order = this.order.slice(this.head).filter((half) => this.has(half));
    this.head = 0;
  }
}

/** One string for a channel as its initiator knows it, so that a repeated HANDSHAKE is known. */
export function initiationKey(from: Address, remoteId: number): string {
  return `${addressKey(from)}|${String(remoteId)}`;
}
