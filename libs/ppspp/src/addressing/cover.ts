import type { ChunkRange } from './chunk-range';

/**
 * The fewest nodes whose chunks are exactly those of a range, left to right: what bins can say of it. At most two for
 * each power of two within the range, 106 in all. RFC 7574 section 4.2.
 */
export function coverOf({ first, last }: ChunkRange): ChunkRange[] {
  const cover: ChunkRange[] = [];
  let from = first;
  while (from <= last) {
    let width = 1;
    while (from % (2 * width) === 0 && from + 2 * width - 1 <= last) width *= 2;
    cover.push({ first: from, last: from + width - 1 });
    from += width;
  }
  return cover;
}

/** The chunks of the biggest node that holds `chunk` and lies within `run`, in which the chunk must be. RFC 7574 section 4.3.2. */
export function widestNodeAt(chunk: number, run: ChunkRange): ChunkRange {
  let node = { first: chunk, last: chunk };
  for (let width = 2; width <= 2 ** 53; width *= 2) {
    const first = chunk - (chunk % width);
    const last = first + width - 1;
    if (first < run.first || last > run.last) return node;
    node = { first, last };
  }
  return node;
}
