import * as fc from 'fast-check';
import { peakNodes, rootHeight } from '../addressing/node';
import { bytesOfSwarmId } from '../channel/handshake';
import { chunkOf, published, type Published } from '../swarm/published.testing';
import { combine, digest } from './hash';
import { HashTree, type Proof } from './hash-tree';
import { subtreeHash } from './subtree';

const none: Proof = () => undefined;

function treeOf({ metadata }: Published): HashTree {
  return new HashTree(metadata.hash, bytesOfSwarmId(metadata.swarmId));
}

/** A tree that knows all, to prove with. */
function wholeTreeOf(source: Published): HashTree {
  const tree = treeOf(source);
  tree.adoptPeaks(source.content.record.chunkCount, source.content.record.peaks);
  for (const block of source.content.blocks) tree.trust(block);
  return tree;
}

/** Hashes as an honest peer would send them. */
function proofOf(source: Published): Proof {
  const tree = wholeTreeOf(source);
  const size = tree.root.length;
  return (height, index) => {
    if (height >= 6) return tree.at(height, index);
    const perExtent = 64 / 2 ** height;
    const extent = source.extents[Math.floor(index / perExtent)];
    return extent === undefined ? tree.at(height, index) : subtreeHash(extent.hashes, size, height, index % perExtent);
  };
}

function leafOf(source: Published, chunk: number): Uint8Array {
  return digest(source.metadata.hash, chunkOf(source, chunk));
}

describe('HashTree', () => {
  it('verifies every chunk of any content in any order, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000 }), fc.infiniteStream(fc.nat()), (size, numbers) => {
        const source = published(size, { chunkSize: 32, hash: 'sha1' });
        const { chunkCount, peaks } = source.content.record;
        const tree = treeOf(source);
        const proof = proofOf(source);
        expect(tree.adoptPeaks(chunkCount, peaks)).toBe(true);
        for (let count = 0; count < 20; count++) {
          const chunk = (numbers.next().value ?? 0) % chunkCount;
          const wrong = digest('sha1', Uint8Array.of(count));
          expect(tree.admitChunk(chunk, wrong, proof)).toBe('mismatch');
          expect(tree.admitChunk(chunk, leafOf(source, chunk), proof)).toBe('verified');
          expect(tree.admitChunk(chunk, leafOf(source, chunk), none)).toBe('verified');
        }
        expect(tree.admitChunk(chunkCount, leafOf(source, 0), proof)).toBe('mismatch');
      }),
      { numRuns: 60 },
    );
  });

  it('learns nothing from hashes that do not lead to the root', () => {
    const source = published(100_000);
    const tree = treeOf(source);
    tree.adoptPeaks(source.content.record.chunkCount, source.content.record.peaks);
    const honest = proofOf(source);
    const lying: Proof = (height, index) => (height === 2 ? digest('sha256', Uint8Array.of(7)) : honest(height, index));
    expect(tree.admitChunk(5, leafOf(source, 5), lying)).toBe('mismatch');
    expect(tree.at(0, 4)).toBeUndefined();
    expect(tree.at(2, 0)).toBeUndefined();
    expect(tree.admitChunk(5, leafOf(source, 5), honest)).toBe('verified');
  });

  it('tells that a hash is missing from a wrong one', () => {
    const source = published(100_000);
    const tree = treeOf(source);
    expect(tree.admitChunk(5, leafOf(source, 5), proofOf(source))).toBe('incomplete');
    tree.adoptPeaks(source.content.record.chunkCount, source.content.record.peaks);
    expect(tree.admitChunk(5, leafOf(source, 5), none)).toBe('incomplete');
  });

  it('needs no proof within what is verified', () => {
    const source = published(100_000);
    const tree = treeOf(source);
    tree.adoptPeaks(source.content.record.chunkCount, source.content.record.peaks);
    expect(tree.admitChunk(0, leafOf(source, 0), proofOf(source))).toBe('verified');
    expect(tree.admitChunk(1, leafOf(source, 1), none)).toBe('verified');
    expect(tree.admitChunk(2, leafOf(source, 2), none)).toBe('incomplete');
  });

  it('takes zeros for what is beyond the content, and nothing else', () => {
    const source = published(5 * 1_024);
    const tree = wholeTreeOf(source);
    expect(tree.at(0, 5)).toEqual(new Uint8Array(32));
    expect(tree.at(1, 3)).toEqual(new Uint8Array(32));
    expect(tree.at(0, 4)).not.toEqual(new Uint8Array(32));
  });

  it('checks a whole extent by its subtree, with what a store kept above', () => {
    const source = published(300_000);
    const tree = treeOf(source);
    tree.adoptPeaks(source.content.record.chunkCount, source.content.record.peaks);
    const [first, second] = source.extents;
    const hashes = second?.hashes ?? new Uint8Array();
    expect(tree.admitExtent(1, hashes)).toBe('incomplete');
    expect(tree.admitExtent(1, first?.hashes ?? new Uint8Array(), proofOf(source))).toBe('mismatch');
    expect(tree.admitExtent(1, hashes, proofOf(source))).toBe('verified');
    for (const extent of source.extents)
      expect(tree.admitExtent(extent.index, extent.hashes, proofOf(source))).toBe('verified');
  });

  it('gives up what an extent carries itself, but keeps the peaks', () => {
    const source = published(70 * 1_024);
    const tree = treeOf(source);
    tree.adoptPeaks(70, source.content.record.peaks);
    for (const chunk of [0, 69]) tree.admitChunk(chunk, leafOf(source, chunk), proofOf(source));
    tree.releaseExtent(0);
    tree.releaseExtent(1);
    expect(tree.at(0, 0)).toBeUndefined();
    expect(tree.peaks()).toEqual(source.content.record.peaks);
    expect(tree.at(rootHeight(70), 0)).toEqual(tree.root);
  });

  it('tells the blocks that changed, once, so that a later run can go on', () => {
    const source = published(5_000 * 32, { chunkSize: 32 });
    const tree = treeOf(source);
    tree.adoptPeaks(5_000, source.content.record.peaks);
    for (const { index, hashes } of source.extents) tree.admitExtent(index, hashes, proofOf(source));
    const blocks = tree.takeDirty();
    expect(tree.takeDirty()).toEqual([]);
    expect(
      new Map(blocks.map(({ tier, index, hashes }) => [`${tier}/${index}`, Buffer.from(hashes).toString('hex')])),
    ).toEqual(
      new Map(
        source.content.blocks.map(({ tier, index, hashes }) => [
          `${tier}/${index}`,
          Buffer.from(hashes).toString('hex'),
        ]),
      ),
    );
  });
});

describe('the number of chunks', () => {
  it.each([
    { claimed: 'fewer', change: -1 },
    { claimed: 'more', change: 1 },
  ])('is refused when peaks claim $claimed', ({ change }) => {
    const source = published(7 * 1_024);
    const count = 7 + change;
    const hashes = peakNodes(count).map((_, at) => source.content.record.peaks[at] ?? new Uint8Array(32));
    expect(treeOf(source).adoptPeaks(count, hashes)).toBe(false);
  });

  it('rests on a chunk: peaks of a tree without its lowest level lead to the root, too', () => {
    const source = published(7 * 1_024);
    const tree = treeOf(source);
    const whole = proofOf(source);
    const [a = new Uint8Array(), b = new Uint8Array(), c = new Uint8Array()] = source.content.record.peaks;
    const cut = {
      chunkCount: 4,
      peaks: [combine('sha256', a, combine('sha256', b, combine('sha256', c, new Uint8Array(32))))],
    };
    expect(tree.admitFirst(cut, 0, leafOf(source, 0), whole)).toBe('mismatch');
    expect(tree.chunkCount).toBeUndefined();
    expect(tree.at(3, 0)).toBeUndefined();
    const right = { chunkCount: 7, peaks: [a, b, c] };
    expect(tree.admitFirst(right, 0, leafOf(source, 0), whole)).toBe('verified');
    expect(tree.chunkCount).toBe(7);
  });

  it('if a power of two, stays in doubt until real peaks or the last chunk decide', () => {
    const source = published(7 * 1_024);
    const tree = treeOf(source);
    const claim = { chunkCount: 8, peaks: [tree.root] };
    expect(tree.admitFirst(claim, 0, leafOf(source, 0), proofOf(source))).toBe('verified');
    expect(tree.doubtful).toBe(true);
    expect(tree.adoptPeaks(8, [tree.root])).toBe(true);
    expect(tree.adoptPeaks(7, source.content.record.peaks)).toBe(true);
    expect([tree.chunkCount, tree.doubtful]).toEqual([7, false]);
    expect(tree.adoptPeaks(8, [tree.root])).toBe(false);
  });

  it('of a content that has a power of two of them is certain with the last', () => {
    const source = published(8 * 1_024);
    const tree = treeOf(source);
    const claim = { chunkCount: 8, peaks: [tree.root] };
    expect(tree.admitFirst(claim, 3, leafOf(source, 3), proofOf(source))).toBe('verified');
    expect(tree.doubtful).toBe(true);
    expect(tree.admitChunk(7, leafOf(source, 7), proofOf(source))).toBe('verified');
    expect(tree.doubtful).toBe(false);
  });
});

it('keeps its arithmetic beyond 2^32 chunks', () => {
  const count = 2 ** 40 + 1;
  const last = digest('sha256', Uint8Array.of(1));
  const left = digest('sha256', Uint8Array.of(2));
  // The peaks are a tree of 2^40 chunks and one more chunk, which climbs alone.
  let right = last;
  const empty = new Uint8Array(32);
  for (let height = 0; height < 40; height++) right = combine('sha256', right, empty);
  const tree = new HashTree('sha256', combine('sha256', left, right));
  expect(tree.adoptPeaks(count, [left, last])).toBe(true);
  expect(tree.admitChunk(2 ** 40, last, none)).toBe('verified');
  expect(tree.admitChunk(2 ** 40, left, none)).toBe('mismatch');
  expect(tree.admitChunk(2 ** 40 - 1, last, none)).toBe('incomplete');
  expect(tree.at(0, 2 ** 40 + 1)).toEqual(empty);
});
