import { ChunkSet } from '../addressing/chunk-set';
import { binOf, neededNodes } from './uncles';

/** The bins a receiver lacks for `chunk` once it has all of `had`, without the peaks. */
function bins(chunk: number, had: readonly number[], chunkCount = 8): number[] {
  const acknowledged = new ChunkSet();
  had.forEach((at) => acknowledged.add({ first: at, last: at }));
  return neededNodes(chunk, chunkCount, acknowledged).map(({ height, index }) => binOf(height, index));
}

describe('neededNodes', () => {
  it.each([
    { chunk: 1, had: [0], needed: [] },
    { chunk: 2, had: [0, 1], needed: [6] },
    { chunk: 3, had: [0, 1, 2], needed: [] },
    { chunk: 4, had: [0, 1, 2, 3], needed: [13, 10] },
    { chunk: 5, had: [0, 1, 2, 3, 4], needed: [] },
    { chunk: 6, had: [0, 1, 2, 3, 4, 5], needed: [14] },
  ])('follows RFC 7574 table 1: chunk $chunk after $had', ({ chunk, had, needed }) => {
    expect(bins(chunk, had)).toEqual(needed);
  });

  it('sends what RFC 7574 section 5.3 says for C7 after C0 and C1', () => {
    expect(bins(7, [0, 1])).toEqual([9, 12]);
  });

  it('begins with the peaks, left to right, for a receiver that acknowledged nothing', () => {
    expect(bins(0, [], 7)).toEqual([3, 9, 12, 5, 2]);
  });

  it('stops at a peak: nothing above it need be proven again', () => {
    expect(bins(6, [0], 7)).toEqual([]);
    expect(bins(5, [0], 7)).toEqual([8]);
  });
});
