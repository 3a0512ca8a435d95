import { HashTree } from '../integrity/hash-tree';
import { digest } from '../integrity/hash';
import { bytesOfSwarmId } from '../channel/handshake';
import { limits } from '../limits';
import { chunkOf, published } from './published.testing';

const content = published(8 * 1_024);
const { record } = content.content;

function treeOfPeaks(): HashTree {
  const tree = new HashTree('sha256', bytesOfSwarmId(content.metadata.swarmId));
  tree.adoptPeaks(record.chunkCount, record.peaks);
  return tree;
}

function leaf(chunk: number): Uint8Array {
  return digest('sha256', chunkOf(content, chunk));
}

/** The tree of somebody who has everything. */
function whole(): (height: number, index: number) => Uint8Array | undefined {
  const tree = treeOfPeaks();
  const [extent] = content.extents;
  if (extent !== undefined) tree.trust({ tier: 0, index: 0, hashes: extent.hashes });
  return (height, index) => tree.at(height, index);
}

describe('HashTree.missing', () => {
  it('names the lowest hash that a chunk lacks, and none once an earlier chunk brought it', () => {
    const tree = treeOfPeaks();
    const none = () => undefined;
    expect(tree.missing(5, none)).toEqual({ height: 0, index: 4 });
    expect(tree.missing(5, (height, index) => (height === 0 && index === 4 ? leaf(4) : undefined))).toEqual({
      height: 1,
      index: 3,
    });
    expect(tree.admitChunk(4, leaf(4), whole())).toBe('verified');
    expect(tree.missing(5, none)).toBeUndefined();
  });

  it('knows nothing to wait for while the size is unknown', () => {
    expect(new HashTree('sha256', leaf(0)).missing(5, () => undefined)).toBeUndefined();
  });
});

it('holds fewer chunks than may wait for their verdict', () => {
  expect(limits.strandedChunksMax).toBeLessThan(limits.pendingChunksMax);
});
