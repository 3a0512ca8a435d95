import { limits } from '../limits';

/** Copies of a hash in flight at a time: two, so that one lost datagram costs no other chunk its proof. */
const copiesMax = 2;

/** Which hashes are on their way to a peer that acknowledged nothing below them yet. RFC 7574 section 5.3. */
export class SentHashes {
  private readonly copies = new Map<number, number>();

  /** Counts one more copy of the hash at `bin`; false if enough are on their way. */
  add(bin: number): boolean {
    const copies = this.copies.get(bin) ?? 0;
    if (copies >= copiesMax) return false;
    if (copies === 0 && this.copies.size >= limits.sentHashesMax) this.copies.clear();
    this.copies.set(bin, copies + 1);
    return true;
  }

  /** Some may have been lost, or were dropped by the peer: all are sent again where they are needed. */
  clear(): void {
    this.copies.clear();
  }
}
