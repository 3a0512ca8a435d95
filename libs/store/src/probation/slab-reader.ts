import type { Extent } from '@weir/ppspp';
import { Arenas, type SlabMemory } from './arenas';
import { copyOut } from './gather';
import type { SlabPlace } from './probation-slab';

/** Reads extents from a slab that another thread writes. */
export class SlabReader {
  private readonly arenas: Arenas;

  constructor(memory: SlabMemory) {
    this.arenas = new Arenas(memory);
  }

  /**
   * The extent at a place, in memory of its own; undefined if it has left meanwhile, also while it was copied. Then it is on
   * disk, or nowhere.
   */
  read(index: number, { pages, generation, contentBytes, hashBytes }: SlabPlace): Extent | undefined {
    const [first] = pages;
    if (first === undefined || this.arenas.generation(first) !== generation) return undefined;
    const bytes = new Uint8Array(contentBytes);
    const hashes = new Uint8Array(hashBytes);
    copyOut(this.arenas, pages, bytes, 0);
    copyOut(this.arenas, pages, hashes, contentBytes);
    return this.arenas.generation(first) === generation ? { index, bytes, hashes } : undefined;
  }
}
