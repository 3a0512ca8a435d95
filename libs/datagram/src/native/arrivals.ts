// Hot path: one object and one view for each datagram, nothing else.
import type { Address } from '@weir/ppspp';
import { addressSlots, receivedMessagesMax } from '../limits';
import type { Datagram } from '../port';
import { received, receivedFlags } from './layout';

/** Takes a datagram out of a train. False when it wants no more. */
export type DatagramTaker = (datagram: Datagram) => boolean;

/** Makes datagrams of what the addon received. */
export class Arrivals {
  /** Shared with the addon, which writes it anew for each call. */
  readonly records = new Uint32Array(receivedMessagesMax * received.words);
  /** The addresses that the addon knows by number. */
  private readonly addresses: Address[];
  private memory: ArrayBufferLike = new ArrayBuffer(0);
  private base = 0;

  constructor(private readonly local: Address) {
    this.addresses = Array.from({ length: addressSlots }, () => local);
  }

  /** Reads the first `count` records, with the new slabs and addresses in the order in which records name them. */
  take(
    count: number,
    {
      slabs = [],
      fresh = [],
    }: { slabs?: readonly Uint8Array[] | undefined; fresh?: readonly (string | number)[] | undefined },
    arrival: number,
    take: DatagramTaker,
  ): void {
    let slabAt = 0;
    let freshAt = 0;
    for (let index = 0; index < count; index++) {
      const at = index * received.words;
      const flags = this.word(at + received.flags);
      if (flags & receivedFlags.freshSlab) this.turnTo(slabs[slabAt++]);
      if (flags & receivedFlags.freshFrom) freshAt = this.learn(this.word(at + received.from), fresh, freshAt);
      if (flags & receivedFlags.freshTo) freshAt = this.learn(this.word(at + received.to), fresh, freshAt);
      if (!this.split(at, arrival, take)) return;
    }
  }

  private split(at: number, arrival: number, take: DatagramTaker): boolean {
    const from = this.address(this.word(at + received.from));
    const known = (this.word(at + received.flags) & receivedFlags.noTo) === 0;
    const to = known ? this.address(this.word(at + received.to)) : this.local;
    const start = this.base + this.word(at + received.offset);
    const bytes = this.word(at + received.bytes);
    const segment = this.word(at + received.segment);
    let done = 0;
    // An empty datagram is one, too.
    do {
      const length = Math.min(segment, bytes - done);
      if (!take({ from, to, bytes: new Uint8Array(this.memory, start + done, length), arrival })) return false;
      done += length;
    } while (done < bytes);
    return true;
  }

  private learn(slot: number, fresh: readonly (string | number)[], at: number): number {
    this.addresses[slot] = { ip: String(fresh[at]), port: Number(fresh[at + 1]) };
    return at + 2;
  }

  private turnTo(slab: Uint8Array | undefined): void {
    if (slab === undefined) return;
    this.memory = slab.buffer;
    this.base = slab.byteOffset;
  }

  private address(slot: number): Address {
    return this.addresses[slot] ?? this.local;
  }

  private word(at: number): number {
    return this.records[at] ?? 0;
  }
}
