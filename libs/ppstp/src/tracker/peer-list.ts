import type { PeerInfo } from '../message/peer-info';
import type { RegisteredAddress } from './registered-address';

/** Addresses of one peer in a list: one of each family, or two ways into one. More would crowd others out. */
export const addressesListedMax = 2;

/** How much of a list one prefix may have, and as what. */
interface Share {
  readonly most: number;
  readonly kind: 'best' | 'random';
}

/**
 * A peer list in the making: bounded, without the requester, and without an address that it has already, under whatever
 * peer ID: a peer that came back under another, or one that has many.
 */
export class PeerList {
  private readonly best: PeerInfo[] = [];
  private readonly random: PeerInfo[] = [];
  private readonly last: PeerInfo[] = [];
  private readonly places = new Set<string>();
  private readonly byPrefix = new Map<string, number>();

  constructor(
    private readonly count: number,
    own: readonly RegisteredAddress[],
  ) {
    for (const { address } of own) this.places.add(placeOf(address));
  }

  get room(): number {
    return this.count - this.best.length - this.random.length - this.last.length;
  }

  /** Lists a peer as one of the best, and leaves so many places free. */
  add(addresses: readonly PeerInfo[], reserved: number): void {
    this.put(addresses, this.best, this.room - reserved);
  }

  /** Lists a peer after all others. */
  addLast(addresses: readonly PeerInfo[]): void {
    this.put(addresses, this.last, this.room);
  }

  /**
   * Lists a peer of some prefix, unless there would be more than `most` addresses of that prefix. Tells whether it is listed
   * now and was not before.
   */
  addFrom(prefix: string, addresses: readonly PeerInfo[], { most, kind }: Share): boolean {
    const used = this.byPrefix.get(prefix) ?? 0;
    const added = this.put(addresses, this[kind], Math.min(this.room, most - used));
    this.byPrefix.set(prefix, used + added);
    return added > 0;
  }

  /** The list: the best in their order and, as each fourth, the random ones. */
  entries(): readonly PeerInfo[] {
    const entries: PeerInfo[] = [];
    let drawn = 0;
    for (const [at, info] of this.best.entries()) {
      if (at > 0 && at % 3 === 0) entries.push(...this.random.slice(drawn, ++drawn));
      entries.push(info);
    }
    return [...entries, ...this.random.slice(drawn), ...this.last];
  }

  private put(addresses: readonly PeerInfo[], into: PeerInfo[], max: number): number {
    if (max <= 0 || addresses.some(({ address }) => this.places.has(placeOf(address)))) return 0;
    const listed = addresses.slice(0, Math.min(max, addressesListedMax));
    for (const info of listed) this.places.add(placeOf(info.address));
    into.push(...listed);
    return listed.length;
  }
}

function placeOf({ ip, port }: PeerInfo['address']): string {
  return `${ip} ${String(port)}`;
}
