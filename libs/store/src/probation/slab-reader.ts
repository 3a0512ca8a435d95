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
   * The extent at a place, in memory of its own unless told where; undefined if it has left meanwhile, also while it was copied. Then it
   * is on disk, or nowhere.
   */
  read(
    index: number,
    { pages, generation, contentBytes, hashBytes }: SlabPlace,
    into?: Uint8Array,
  ): Extent | undefined {
    const [first] = pages;
    if (first === undefined || this.arenas.generation(first) !== generation) return undefined;
    const bytes = contentBytes + hashBytes;
    // All of it is copied over: it need not be zeros first.
    const all = into?.subarray(0, bytes) ?? new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
    copyOut(this.arenas, pages, all, 0);
    if (this.arenas.generation(first) !== generation) return undefined;
    return { index, bytes: all.subarray(0, contentBytes), hashes: all.subarray(contentBytes) };
  }
}
