import * as fc from 'fast-check';
import { ChunkSet } from '../addressing/chunk-set';
import { HashTree, type Proof } from '../integrity/hash-tree';
import { SparseTree } from '../swarm/sparse.testing';
import { bytesOfSwarmId } from './handshake';
import { binOf, neededNodes, nodeOfBin } from './uncles';

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

describe('of contents of any size', () => {
  const anyCount = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 52 }));
  const anyScene = anyCount.chain((chunkCount) =>
    fc.tuple(fc.constant(chunkCount), fc.nat(chunkCount - 1), fc.nat(chunkCount - 1)),
  );

  it('the bin of a node is its own, and tells it', () => {
    fc.assert(
      fc.property(fc.nat(52), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (height, share) => {
        const node = { height, index: Math.floor(share * 2 ** (52 - height)) };
        expect(nodeOfBin(binOf(node.height, node.index))).toEqual(node);
      }),
    );
  });

  it('neededNodes proves a chunk to whom knows nothing, and the next to whom knows that one', () => {
    fc.assert(
      fc.property(anyScene, ([chunkCount, first, second]) => {
        const sparse = new SparseTree(chunkCount, { hash: 'sha1', addressing: 'chunk64', chunkSize: 512 });
        const tree = new HashTree('sha1', bytesOfSwarmId(sparse.metadata.swarmId));
        const acknowledged = new ChunkSet();
        const sent = (chunk: number): Proof => {
          const nodes = neededNodes(chunk, chunkCount, acknowledged);
          expect(nodes.length).toBeLessThanOrEqual(2 * 53);
          const bins = new Set(nodes.map(({ height, index }) => binOf(height, index)));
          return (height, index) => (bins.has(binOf(height, index)) ? sparse.node(height, index) : undefined);
        };
        const size = { chunkCount, peaks: sparse.peaks };
        expect(tree.admitFirst(size, first, sparse.node(0, first), sent(first))).toBe('verified');
        acknowledged.add({ first, last: first });
        expect(tree.admitChunk(second, sparse.node(0, second), sent(second))).toBe('verified');
      }),
    );
  });
});
