import type { PeerInfo } from '../message/peer-info';
import type { PeerRegistration } from './peer-registration';
import type { RegisteredAddress } from './registered-address';
import type { Source } from './sources';

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
  private readonly places = new Places();
  private readonly bySource = new Map<Source, number>();

  constructor(
    private readonly count: number,
    own: readonly RegisteredAddress[],
  ) {
    for (const { address } of own) this.places.add(address);
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
   * Lists a peer, unless there would be more than `most` addresses of its source prefix. Tells whether it is listed now and
   * was not before.
   */
  addFrom({ source, listed }: PeerRegistration, { most, kind }: Share): boolean {
    const used = this.bySource.get(source) ?? 0;
    const added = this.put(listed, this[kind], Math.min(this.room, most - used));
    if (added > 0) this.bySource.set(source, used + added);
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
    if (max <= 0 || addresses.some(({ address }) => this.places.has(address))) return 0;
    const count = Math.min(max, addressesListedMax, addresses.length);
    for (const info of addresses.slice(0, count)) {
      this.places.add(info.address);
      into.push(info);
    }
    return count;
  }
}

/** Addresses with ports. Most have an IP of their own: then no text is made for both. */
class Places {
  private readonly ports = new Map<string, number>();

  has({ ip, port }: PeerInfo['address']): boolean {
    const first = this.ports.get(ip);
    return first !== undefined && (first === port || this.ports.has(`${ip} ${String(port)}`));
  }

  add({ ip, port }: PeerInfo['address']): void {
    this.ports.set(this.ports.has(ip) ? `${ip} ${String(port)}` : ip, port);
  }
}
