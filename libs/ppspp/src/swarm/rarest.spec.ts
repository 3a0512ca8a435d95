import * as fc from 'fast-check';
import { ChunkSet } from '../addressing/chunk-set';
import { Holdings } from './holdings';
import { published } from './published.testing';
import { Rarest } from './rarest';

const extents = 40;
const content = published(extents * 64 * 16, { chunkSize: 16 });

function holdings(): Holdings {
  const made = new Holdings(content.metadata);
  made.tree.adoptPeaks(content.content.record.chunkCount, content.content.record.peaks);
  made.learnChunkSize(0, 16);
  return made;
}

/** Chunks of some extents. */
function having(...some: readonly number[]): ChunkSet {
  const set = new ChunkSet();
  for (const extent of some) set.add({ first: extent * 64, last: extent * 64 + 63 });
  return set;
}

const everything = having(...Array.from({ length: extents }, (_, extent) => extent));

function order(rarest: Rarest, available = everything, isBegun: (extent: number) => boolean = () => false): number[] {
  return [...rarest.extents(available, isBegun)];
}

function sources(...available: readonly ChunkSet[]): ConstructorParameters<typeof Rarest>[1] {
  return { sources: () => available.map((set) => ({ downloader: { available: set } })) };
}

describe('Rarest', () => {
  it('goes through a content that all have in order, from a point drawn at random', () => {
    const rarest = new Rarest(holdings(), sources(everything, everything), 2 ** 31);
    const expected = Array.from({ length: extents }, (_, at) => (at + extents / 2) % extents);
    expect(order(rarest)).toEqual(expected);
  });

  it('begins with what the fewest have', () => {
    const most = having(...Array.from({ length: extents }, (_, at) => at).filter((extent) => extent !== 15));
    const rarest = new Rarest(holdings(), sources(everything, most), 0);
    expect(order(rarest).slice(0, 3)).toEqual([15, 0, 1]);
  });

  it('offers what the peer has and what is neither begun nor was here, each once', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 32 - 1 }),
        fc.uniqueArray(fc.nat({ max: extents - 1 })),
        fc.uniqueArray(fc.nat({ max: extents - 1 })),
        fc.uniqueArray(fc.nat({ max: extents - 1 })),
        (random, offered, held, begun) => {
          const here = holdings();
          for (const extent of held) here.hold(extent, true);
          for (const extent of held.slice(0, 3)) here.drop(extent);
          const rarest = new Rarest(here, sources(everything, having(...offered)), random);
          const left = offered.filter((extent) => !held.includes(extent) && !begun.includes(extent));
          const found = order(rarest, having(...offered), (extent) => begun.includes(extent));
          expect([...found].sort((one, other) => one - other)).toEqual(left.sort((one, other) => one - other));
          expect(rarest.any).toBe(new Set(held).size < extents);
        },
      ),
    );
  });
});
