import { bytesOfSwarmId } from './handshake';
import { rangeOfNode } from '../addressing/node';
import { digest } from '../integrity/hash';
import { HashTree } from '../integrity/hash-tree';
import { limits } from '../limits';
import { published } from '../swarm/published.testing';
import type { IntegrityMessage } from '../wire/message';
import { Proofs } from './proofs';

const source = published(7 * 1_024);
const { peaks } = source.content.record;
const peakRanges = [
  { first: 0, last: 3 },
  { first: 4, last: 5 },
  { first: 6, last: 6 },
];
let tree: HashTree;
let proofs: Proofs;

beforeEach(() => {
  tree = new HashTree('sha256', bytesOfSwarmId(source.metadata.swarmId));
  proofs = new Proofs();
});

function integrity(first: number, last: number, hash = digest('sha256', Uint8Array.of(first, last))): IntegrityMessage {
  return { type: 'integrity', range: { first, last }, hash };
}

function takePeaks(): void {
  peakRanges.forEach(({ first, last }, at) => proofs.take(integrity(first, last, peaks[at]), tree));
}

describe('Proofs', () => {
  it('tells the size that peaks claim, once they lead to the root, and does not believe it yet', () => {
    takePeaks();
    expect(proofs.size).toEqual({ chunkCount: 7, peaks });
    expect(tree.chunkCount).toBeUndefined();
  });

  it('finds the peaks whatever comes before and after them', () => {
    proofs.take(integrity(0, 0), tree);
    proofs.take(integrity(6, 6), tree);
    takePeaks();
    proofs.take(integrity(0, 1), tree);
    expect(proofs.size?.chunkCount).toBe(7);
  });

  it('takes no peaks that do not lead to the root', () => {
    proofs.take(integrity(0, 3, peaks[0]), tree);
    proofs.take(integrity(4, 5), tree);
    proofs.take(integrity(6, 6, peaks[2]), tree);
    expect(proofs.size).toBeUndefined();
  });

  it('keeps claims by node, the newer for the older', () => {
    proofs.take(integrity(4, 7), tree);
    const newer = digest('sha256', Uint8Array.of(99));
    proofs.take(integrity(4, 7, newer), tree);
    expect(Buffer.compare(proofs.proof(2, 1) ?? new Uint8Array(), newer)).toBe(0);
    expect(proofs.proof(2, 2)).toBeUndefined();
    proofs.clear();
    expect(proofs.proof(2, 1)).toBeUndefined();
  });

  it('keeps its own copy of what is a view of a datagram', () => {
    const view = Buffer.from(digest('sha256', Uint8Array.of(1)));
    proofs.take(integrity(4, 7, view), tree);
    view.fill(0);
    expect(Buffer.compare(proofs.proof(2, 1) ?? view, digest('sha256', Uint8Array.of(1)))).toBe(0);
  });

  it('leaves out what is no node, or no hash of this swarm', () => {
    expect(proofs.take(integrity(1, 2), tree)).toBe(true);
    expect(proofs.take(integrity(4, 7, new Uint8Array(20)), tree)).toBe(true);
    expect(proofs.proof(2, 1)).toBeUndefined();
  });

  it('tells a claim that contradicts what is proven', () => {
    tree.adoptPeaks(7, peaks);
    expect(proofs.take(integrity(4, 5, peaks[1]), tree)).toBe(true);
    expect(proofs.agreesWith(tree)).toBe(true);
    expect(proofs.take(integrity(4, 5), tree)).toBe(false);
  });

  it('finds a contradiction in what was claimed before anything was proven', () => {
    proofs.take(integrity(4, 5), tree);
    expect(proofs.agreesWith(tree)).toBe(true);
    tree.adoptPeaks(7, peaks);
    expect(proofs.agreesWith(tree)).toBe(false);
  });

  it('is bounded: the oldest claim leaves, and peaks are tried so often only', () => {
    for (let index = 0; index <= limits.proofsMax; index++) {
      const { first, last } = rangeOfNode(0, index);
      proofs.take(integrity(first, last), tree);
    }
    expect(proofs.proof(0, 0)).toBeUndefined();
    expect(proofs.proof(0, 1)).toBeDefined();
    for (let time = 0; time < limits.peakTriesMax; time++) proofs.take(integrity(0, 3), tree);
    takePeaks();
    expect(proofs.size).toBeUndefined();
  });
});
