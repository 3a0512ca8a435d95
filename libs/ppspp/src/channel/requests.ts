import type { ChunkRange } from '../addressing/chunk-range';
import { limits, second, type Micros } from '../limits';

interface Asked {
  readonly at: Micros;
  readonly sequence: number;
}

/** A chunk counts as passed over when so many asked for later have arrived. */
const passedOver = 32;

/** However slowly a peer progresses, what it was asked this long ago is asked for again. */
const requestLife = 15 * second;

/** What one peer was asked for: what is awaited, and what was given up but may come late. */
export class Requests {
  /** In the order it was asked for. */
  private readonly asked = new Map<number, Asked>();
  private readonly lapsed = new Set<number>();
  private sequence = 0;
  private newestDelivered = 0;

  /** Chunks awaited. */
  get size(): number {
    return this.asked.size;
  }

  /** Chunks awaited, in the order they were asked for. */
  awaited(): IterableIterator<number> {
    return this.asked.keys();
  }

  /** True if the chunk was asked for and has not come. */
  has(chunk: number): boolean {
    return this.asked.has(chunk) || this.lapsed.has(chunk);
  }

  /** True if the chunk was asked for in vain: it did not come in time. */
  failed(chunk: number): boolean {
    return this.lapsed.has(chunk);
  }

  add(chunks: readonly number[], now: Micros): void {
    for (const chunk of chunks) {
      this.asked.set(chunk, { at: now, sequence: ++this.sequence });
      this.lapsed.delete(chunk);
    }
  }

  /** The chunk came, and tells by its place in the order which others did not. */
  delivered(chunk: number): void {
    const asked = this.asked.get(chunk);
    if (asked !== undefined) this.newestDelivered = Math.max(this.newestDelivered, asked.sequence);
    this.settle(chunk);
  }

  /** The chunk need not come any more; true if it might have. */
  settle(chunk: number): boolean {
    const isAsked = this.asked.delete(chunk);
    return this.lapsed.delete(chunk) || isAsked;
  }

  /** Gives chunks up. What comes late is taken all the same. */
  lapse(chunks: readonly number[]): void {
    for (const chunk of chunks) if (this.asked.delete(chunk)) this.lapsed.add(chunk);
    for (const oldest of this.lapsed) {
      if (this.lapsed.size <= limits.outstandingChunksMax) break;
      this.lapsed.delete(oldest);
    }
  }

  /** Chunks that many asked for later overtook, at least `patience` ago. */
  passedOver(now: Micros, patience: Micros): number[] {
    return this.those(({ at, sequence }) => this.newestDelivered - sequence >= passedOver && now - at >= patience);
  }

  /** How many chunks at least one asked for later overtook. */
  get overtaken(): number {
    return this.those(({ sequence }) => sequence < this.newestDelivered).length;
  }

  /** Chunks that were asked for too long ago, however slowly the peer progresses. */
  outlived(now: Micros): number[] {
    return this.those(({ at }) => now - at >= requestLife);
  }

  private those(matches: (asked: Asked) => boolean): number[] {
    const chunks: number[] = [];
    for (const [chunk, asked] of this.asked) if (matches(asked)) chunks.push(chunk);
    return chunks;
  }
}

/** Chunks as ranges, in their order. */
export function rangesOf(chunks: readonly number[]): ChunkRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const chunk of chunks) {
    const current = ranges.at(-1);
    if (current?.last === chunk - 1) current.last = chunk;
    else ranges.push({ first: chunk, last: chunk });
  }
  return ranges;
}
