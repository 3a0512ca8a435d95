import { pageBytes } from '../footprint';

/** Pages of one arena: a GiB, well within what the platform allows in one piece of shared memory. */
export const arenaPagesMax = 262_144;

/**
 * Pages of shared memory, numbered through, with a generation each. One piece for each GiB: its generations first, 32 bits a page,
 * then its pages.
 */
export type SlabMemory = readonly SharedArrayBuffer[];

/** Memory for so many pages. The system gives it when it is written to. Throws RangeError where there is no address space. */
export function slabMemory(pages: number): SlabMemory {
  const pieces: SharedArrayBuffer[] = [];
  for (let left = pages; left > 0; left -= arenaPagesMax) {
    const held = Math.min(left, arenaPagesMax);
    pieces.push(new SharedArrayBuffer(held * (Int32Array.BYTES_PER_ELEMENT + pageBytes)));
  }
  return pieces;
}

/** Views of the memory, for the thread that writes it and for those that read. */
export class Arenas {
  private readonly generations: readonly Int32Array[];
  private readonly pages: readonly Uint8Array[];

  constructor(readonly memory: SlabMemory) {
    const counts = memory.map(({ byteLength }) => byteLength / (Int32Array.BYTES_PER_ELEMENT + pageBytes));
    this.generations = memory.map((piece, at) => new Int32Array(piece, 0, counts[at]));
    this.pages = memory.map((piece, at) => new Uint8Array(piece, (counts[at] ?? 0) * Int32Array.BYTES_PER_ELEMENT));
  }

  /** How many pages there are. */
  get size(): number {
    return this.generations.reduce((pages, { length }) => pages + length, 0);
  }

  /** How often what the page begins was freed, of 32 bits; what this thread read before is read when it returns. */
  generation(page: number): number {
    const generations = this.generations[Math.floor(page / arenaPagesMax)];
    // Adding nothing keeps earlier reads before it on every machine, which loading does not.
    return generations === undefined ? 0 : Atomics.add(generations, page % arenaPagesMax, 0);
  }

  /** Whoever copies from what the page begins notices. */
  outdate(page: number): void {
    const generations = this.generations[Math.floor(page / arenaPagesMax)];
    if (generations !== undefined) Atomics.add(generations, page % arenaPagesMax, 1);
  }

  /** `length` bytes from the beginning of a page on, within its piece; empty for a page that there is not. */
  bytes(page: number, length: number): Uint8Array {
    const from = (page % arenaPagesMax) * pageBytes;
    return this.pages[Math.floor(page / arenaPagesMax)]?.subarray(from, from + length) ?? new Uint8Array(0);
  }
}
