import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { extentChunks } from '../swarm/content';
import { limits } from '../limits';

/** Runs that one peer may tear its queue into: twice the ranges it may ask for. */
const runsMax = 2 * limits.requestRangesMax;

/**
 * What one peer asked of us and has not been sent, in the order it asked. RFC 7574 section 3.7.
 * Chunks whose extent is not at hand are parked until it is.
 */
export class RequestQueue {
  private readonly order: ChunkRange[] = [];
  private readonly queued = new ChunkSet(runsMax);
  private readonly parked = new ChunkSet(limits.requestRangesMax);
  private readonly again: number[] = [];

  get empty(): boolean {
    return this.again.length === 0 && this.order.length === 0;
  }

  /** True while something waits for its extent. */
  get waiting(): boolean {
    return this.parked.runCount > 0;
  }

  /** Bounded: what does not fit is dropped, and the peer asks again (RFC 7574 section 12.6.6). */
  push(range: ChunkRange): boolean {
    if (this.order.length >= limits.requestRangesMax || !this.queued.add(range)) return false;
    this.order.push(range);
    return true;
  }

  /** Chunks that were lost on their way go before all others. */
  retransmit(chunk: number): void {
    this.again.push(chunk);
  }

  /** Bounded as well: a CANCEL that would tear the queue into too many runs is ignored, as any peer may. */
  cancel(range: ChunkRange): void {
    if (this.queued.runCount < runsMax) this.queued.remove(range);
    if (this.parked.runCount < runsMax) this.parked.remove(range);
    this.dropAgain(range);
  }

  /** The chunk to send next, left in the queue. */
  peek(): number | undefined {
    const again = this.again[0];
    if (again !== undefined) return again;
    for (let head = this.order[0]; head !== undefined; head = this.order[0]) {
      const next = this.queued.nextIn(head.first);
      if (next !== undefined && next <= head.last) return next;
      this.order.shift();
    }
    return undefined;
  }

  /** Takes out the chunk that `peek` showed; true if it is one that was lost before. */
  take(chunk: number): boolean {
    const isAgain = this.again[0] === chunk;
    const range = { first: chunk, last: chunk };
    if (isAgain) this.again.shift();
    this.queued.remove(range);
    // Asked for once more while it was parked: what is sent now must not come back with its extent.
    if (this.waiting && this.parked.runCount < runsMax) this.parked.remove(range);
    return isAgain;
  }

  /** Sets aside what is asked of an extent, until `unpark`. */
  park(extent: number): void {
    const range = chunksOf(extent);
    for (let chunk = this.queued.nextIn(range.first); chunk !== undefined && chunk <= range.last;) {
      const run = { first: chunk, last: Math.min(this.queued.nextOut(chunk) - 1, range.last) };
      this.parked.add(run);
      chunk = this.queued.nextIn(run.last + 1);
    }
    const again = this.again.filter((chunk) => chunk >= range.first && chunk <= range.last);
    again.forEach((chunk) => this.parked.add({ first: chunk, last: chunk }));
    this.queued.remove(range);
    this.dropAgain(range);
  }

  /** Puts what was parked of an extent back; true if that was anything. */
  unpark(extent: number): boolean {
    const range = chunksOf(extent);
    const runs: ChunkRange[] = [];
    for (let chunk = this.parked.nextIn(range.first); chunk !== undefined && chunk <= range.last;) {
      const run = { first: chunk, last: Math.min(this.parked.nextOut(chunk) - 1, range.last) };
      runs.push(run);
      chunk = this.parked.nextIn(run.last + 1);
    }
    this.parked.remove(range);
    this.order.unshift(...runs.filter((run) => this.queued.add(run)));
    return runs.length > 0;
  }

  /** True while something waits for this extent. */
  waitsFor(extent: number): boolean {
    return this.parked.intersects(chunksOf(extent));
  }

  /** Extents of the next ranges, at most `count`, so that they can be read ahead. */
  upcoming(count: number): number[] {
    const extents = new Set<number>();
    for (const { first, last } of this.order) {
      for (let chunk = this.queued.nextIn(first); chunk !== undefined && chunk <= last;) {
        const extent = Math.floor(chunk / extentChunks);
        extents.add(extent);
        if (extents.size >= count) return [...extents];
        chunk = this.queued.nextIn((extent + 1) * extentChunks);
      }
    }
    return [...extents];
  }

  clear(): void {
    this.order.length = 0;
    this.again.length = 0;
    this.queued.clear();
    this.parked.clear();
  }

  private dropAgain(range: ChunkRange): void {
    if (this.again.length === 0) return;
    const kept = this.again.filter((chunk) => chunk < range.first || chunk > range.last);
    this.again.splice(0, this.again.length, ...kept);
  }
}

function chunksOf(extent: number): ChunkRange {
  return { first: extent * extentChunks, last: extent * extentChunks + extentChunks - 1 };
}
