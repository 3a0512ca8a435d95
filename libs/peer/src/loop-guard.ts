import type { Address, Micros } from '@weir/ppspp';
import { hashFlow } from './hash-flow';
import { loopGuardPlaces, loopRounds, loopSpan } from './limits';

/**
 * Notices a datagram that comes back again and again: between routers that send it to one another by way of us. What we send
 * on has a fresh time to live, so that nothing else would ever end it.
 *
 * Datagrams are told apart by a hash. What shares a place with others begins to be counted anew when one of them comes.
 */
export class LoopGuard {
  private readonly hashes = new Uint32Array(loopGuardPlaces);
  private readonly rounds = new Uint16Array(loopGuardPlaces);
  private readonly begunAt = new Float64Array(loopGuardPlaces).fill(Number.NEGATIVE_INFINITY);

  /** Whether a datagram was seen so often within a short time that it goes round. */
  circles(from: Address, origin: Address, bytes: Uint8Array, now: Micros): boolean {
    const hash = hashFlow(from, origin, bytes);
    const place = hash % loopGuardPlaces;
    const isKnown = this.hashes[place] === hash && now < (this.begunAt[place] ?? 0) + loopSpan;
    const rounds = isKnown ? Math.min(loopRounds + 1, (this.rounds[place] ?? 0) + 1) : 1;
    if (!isKnown) this.begunAt[place] = now;
    this.hashes[place] = hash;
    this.rounds[place] = rounds;
    return rounds > loopRounds;
  }
}
