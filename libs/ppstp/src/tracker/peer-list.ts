import type { PeerInfo } from '../message/peer-info';
import type { PeerRegistration } from './peer-registration';
import type { RegisteredAddress } from './registered-address';
import type { Source } from './sources';

/** How much of a list one prefix may have, and as what. */
interface Share {
  readonly most: number;
  readonly kind: 'best' | 'random';
}

/**
 * A peer list in the making: bounded, without the requester, and without an address that it has already, under whatever
 * peer ID: a peer that came back under another, or one that has many. A peer has two addresses in it at most. Lists are
 * short: they are searched from end to end, which touches nothing but themselves.
 */
export class PeerList {
  private readonly best: PeerInfo[] = [];
  private readonly random: PeerInfo[] = [];
  private readonly last: PeerInfo[] = [];
  private readonly places: RegisteredAddress[];
  private readonly hashes: number[];
  private readonly sources: Source[] = [];
  private readonly counts: number[] = [];

  constructor(
    private readonly count: number,
    own: readonly RegisteredAddress[],
  ) {
    this.places = [...own];
    this.hashes = own.map(({ hash }) => hash);
  }

  get room(): number {
    return this.count - this.best.length - this.random.length - this.last.length;
  }

  /** Lists a super node as one of the best, and leaves so many places free. */
  add(addresses: readonly RegisteredAddress[], reserved: number): void {
    this.put(addresses, this.best, this.room - reserved);
  }

  /** Lists a peer after all others. */
  addLast(addresses: readonly RegisteredAddress[]): void {
    this.put(addresses, this.last, this.room);
  }

  /**
   * Lists a peer, unless there would be more than `most` addresses of its source prefix. Tells whether it is listed now and
   * was not before.
   */
  addFrom({ source, listed }: PeerRegistration, { most, kind }: Share): boolean {
    const at = this.sources.indexOf(source);
    const used = this.counts[at] ?? 0;
    const added = this.put(listed, this[kind], Math.min(this.room, most - used));
    if (added === 0) return false;
    this.counts[at < 0 ? this.sources.push(source) - 1 : at] = used + added;
    return true;
  }

  /** The list: the best in their order and, as each fourth, the random ones. */
  entries(): readonly PeerInfo[] {
    const entries: PeerInfo[] = [];
    let drawn = 0;
    for (const info of this.best) {
      const isFourth = entries.length % 4 === 3;
      const random = isFourth ? this.random[drawn++] : undefined;
      if (random !== undefined) entries.push(random);
      entries.push(info);
    }
    entries.push(...this.random.slice(drawn), ...this.last);
    return entries;
  }

  private put(addresses: readonly RegisteredAddress[], into: PeerInfo[], max: number): number {
    if (max <= 0) return 0;
    for (const address of addresses) if (this.has(address)) return 0;
    let count = 0;
    for (const address of addresses) {
      if (count === max) break;
      this.places.push(address);
      this.hashes.push(address.hash);
      into.push(address);
      count++;
    }
    return count;
  }

  private has(address: RegisteredAddress): boolean {
    return this.hashes.includes(address.hash) && this.places.some((place) => place.isAt(address));
  }
}
