import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { limits, second, type Micros } from '../limits';
import { Acknowledgements } from './acknowledgements';
import { Proofs } from './proofs';

/** Chooses what a peer is asked for. */
export interface ChunkSource {
  /** At most `count` chunks out of what the peer has, now counted as asked for. */
  pick(available: ChunkSet, count: number): number[];
  /** Chunks that were asked for and will not come from this peer. */
  release(chunks: readonly number[]): void;
}

interface Asked {
  readonly at: Micros;
  readonly sequence: number;
}

/** Chunks asked for before anything is known of a peer's rate, and after it stalled. */
const windowStart = 64;
const windowAfterStall = 16;

/** Deliveries are counted in spans of this length; the window is what came in the last two. */
const rateSpan = second / 2;

/** A chunk counts as passed over when so many asked for later have arrived. */
const passedOver = 32;

/** However slowly a peer progresses, what it was asked this long ago is asked for again. */
const requestLife = 15 * second;

/**
 * Fetches from one peer: what it has, what it was asked for, what it is owed.
 *
 * The window follows the rate: as much as arrived in the last half to one second, so that a peer is asked little ahead of
 * what it can send, and a faster one is found out within a few round trips. RFC 7574 section 3.7.
 */
export class Downloader {
  readonly available = new ChunkSet(limits.availabilityRunsMax);
  readonly proofs = new Proofs();
  readonly acknowledgements = new Acknowledgements();
  /** Content bytes that came from this peer and verified. */
  receivedBytes = 0;
  choked = false;
  /** A chunk was picked that this peer delivered before, whose hashes it will not send again on this channel. */
  exhausted = false;
  private readonly asked = new Map<number, Asked>();
  private sequence = 0;
  private newestDelivered = 0;
  private stalls = 0;
  private progressAt: Micros = 0;
  private lookedAt: Micros = 0;
  private spanStart: Micros = 0;
  private deliveredInSpan = 0;
  private deliveredBefore = 0;

  /** True if the chunk was asked of this peer and is still awaited. */
  awaits(chunk: number): boolean {
    return this.asked.has(chunk);
  }

  get outstanding(): number {
    return this.asked.size;
  }

  /** A chunk of this peer verified. */
  delivered(chunk: number, bytes: number, now: Micros): void {
    const asked = this.asked.get(chunk);
    if (asked !== undefined) this.newestDelivered = Math.max(this.newestDelivered, asked.sequence);
    this.asked.delete(chunk);
    this.receivedBytes += bytes;
    this.turnSpan(now);
    this.deliveredInSpan++;
    this.progressAt = now;
    this.stalls = 0;
  }

  /** Ranges to ask for now. Asks in batches, so that requests do not cost a datagram for each chunk. */
  topUp(source: ChunkSource, now: Micros): ChunkRange[] {
    if (this.choked) return [];
    const window = this.window(now);
    const room = window - this.asked.size;
    if (room <= 0 || (this.asked.size > 0 && room < window / 8)) return [];
    const picked = source.pick(this.available, room);
    if (picked.length === 0) return [];
    const again = picked.filter((chunk) => this.acknowledgements.delivered.has(chunk));
    if (again.length > 0) {
      this.exhausted = true;
      source.release(picked);
      return [];
    }
    if (this.asked.size === 0) {
      this.progressAt = now;
      this.lookedAt = now;
    }
    for (const chunk of picked) this.asked.set(chunk, { at: now, sequence: ++this.sequence });
    return rangesOf(picked);
  }

  /** Gives back what is asked for: the peer choked, closed, lied or stalled. */
  releaseAll(source: ChunkSource): void {
    const chunks = [...this.asked.keys()];
    this.asked.clear();
    source.release(chunks);
  }

  /** When waiting has lasted too long, or undefined with nothing asked for. */
  deadline(): Micros | undefined {
    if (this.asked.size === 0) return undefined;
    return Math.min(this.progressAt + this.patience(), this.lookedAt + second);
  }

  /** Looks at what is overdue; true when the peer has stalled too often to be kept. */
  expire(source: ChunkSource, now: Micros): boolean {
    this.lookedAt = now;
    this.releasePassedOver(source, now);
    if (this.asked.size === 0 || now < this.progressAt + this.patience()) return false;
    this.stalls++;
    this.deliveredInSpan = 0;
    this.deliveredBefore = 0;
    this.progressAt = now;
    this.releaseAll(source);
    return this.stalls >= limits.stallsMax;
  }

  private releasePassedOver(source: ChunkSource, now: Micros): void {
    const overdue: number[] = [];
    for (const [chunk, { at, sequence }] of this.asked) {
      const isPassedOver = this.newestDelivered - sequence >= passedOver && now - at >= limits.stallMin;
      if (isPassedOver || now - at >= requestLife) overdue.push(chunk);
    }
    overdue.forEach((chunk) => this.asked.delete(chunk));
    if (overdue.length > 0) source.release(overdue);
  }

  private patience(): Micros {
    return Math.min(limits.stallMin * 2 ** this.stalls, limits.stallMax);
  }

  private window(now: Micros): number {
    this.turnSpan(now);
    if (this.stalls > 0) return windowAfterStall;
    return Math.min(limits.outstandingChunksMax, windowStart + this.deliveredInSpan + this.deliveredBefore);
  }

  private turnSpan(now: Micros): void {
    const elapsed = now - this.spanStart;
    if (elapsed < rateSpan) return;
    this.deliveredBefore = elapsed < 2 * rateSpan ? this.deliveredInSpan : 0;
    this.deliveredInSpan = 0;
    this.spanStart = now;
  }
}

/** Ascending chunks as ranges. */
function rangesOf(chunks: readonly number[]): ChunkRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const chunk of chunks) {
    const current = ranges.at(-1);
    if (current?.last === chunk - 1) current.last = chunk;
    else ranges.push({ first: chunk, last: chunk });
  }
  return ranges;
}
