import type { Extent } from '@weir/ppspp';
import { pageBytes } from '../footprint';
import { Arenas, type SlabMemory, slabMemory } from './arenas';
import { copyIn } from './gather';

/** Where an extent stands in the slab. It goes from thread to thread as it is. */
export interface SlabPlace {
  /** In the order of its bytes. */
  readonly pages: Uint32Array;
  /** That of its first page as long as the extent is there. */
  readonly generation: number;
  /** Content bytes; the hashes follow. */
  readonly contentBytes: number;
  readonly hashBytes: number;
}

/**
 * Memory for extents on probation, in pages, so that it never fragments. It has one writer; others read it by `SlabReader`. What
 * is freed may be overwritten at once: whoever is copying it finds out by its generation.
 */
export class ProbationSlab {
  readonly memory: SlabMemory;
  private readonly arenas: Arenas;
  /** Free pages, the last one first. */
  private readonly free: Uint32Array;
  private freeCount: number;

  /** Takes whole pages of `bytes`; throws RangeError where the machine has not as much. */
  constructor(bytes: number) {
    this.memory = slabMemory(Math.floor(bytes / pageBytes));
    this.arenas = new Arenas(this.memory);
    this.freeCount = this.arenas.size;
    this.free = Uint32Array.from({ length: this.freeCount }, (_, at) => this.freeCount - 1 - at);
  }

  /** Bytes in pages that are in use. */
  get usedBytes(): number {
    return (this.free.length - this.freeCount) * pageBytes;
  }

  /** Bytes that are there in all. */
  get capacityBytes(): number {
    return this.free.length * pageBytes;
  }

  /** Takes a copy of an extent; undefined if there is no room. */
  put({ bytes, hashes }: Extent): SlabPlace | undefined {
    const count = Math.ceil((bytes.length + hashes.length) / pageBytes);
    if (count === 0 || count > this.freeCount) return undefined;
    const pages = this.free.slice(this.freeCount - count, this.freeCount).reverse();
    this.freeCount -= count;
    copyIn(this.arenas, pages, bytes, 0);
    copyIn(this.arenas, pages, hashes, bytes.length);
    const generation = this.arenas.generation(pages[0] ?? 0);
    return { pages, generation, contentBytes: bytes.length, hashBytes: hashes.length };
  }

  /** Gives a place back, once: a place that is not in use any more is left as it is. */
  release({ pages, generation }: SlabPlace): void {
    const [first] = pages;
    if (first === undefined || this.arenas.generation(first) !== generation) return;
    this.arenas.outdate(first);
    this.free.set(pages, this.freeCount);
    this.freeCount += pages.length;
  }
}
