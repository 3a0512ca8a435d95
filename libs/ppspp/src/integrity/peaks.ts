import { peakNodes, rootHeight, type TreeNode } from '../addressing/node';
import type { HashFunction } from '../swarm/metadata';
import { combine, hashBytes } from './hash';

/** A node with its hash. */
export interface HashedNode extends TreeNode {
  readonly hash: Uint8Array;
}

/**
 * The nodes from the peaks up to the root, the root last, computed from the peak hashes and empty hashes alone.
 * `hashes` are those of `peakNodes(chunkCount)`, in that order. RFC 7574 section 5.6.1, the lemma.
 */
export function climbFromPeaks(hash: HashFunction, chunkCount: number, hashes: readonly Uint8Array[]): HashedNode[] {
  const empty = new Uint8Array(hashBytes[hash]);
  const peaks = peakNodes(chunkCount).map((node, at) => ({ ...node, hash: hashes[at] ?? empty }));
  const climbed: HashedNode[] = [];
  let current = peaks.pop();
  if (current === undefined) return climbed;
  const top = rootHeight(chunkCount);
  while (current.height < top) {
    const waiting: HashedNode | undefined = peaks.at(-1);
    const isRight = waiting?.height === current.height;
    if (isRight) peaks.pop();
    const left: Uint8Array = isRight ? waiting.hash : current.hash;
    const right: Uint8Array = isRight ? current.hash : empty;
    current = { height: current.height + 1, index: Math.floor(current.index / 2), hash: combine(hash, left, right) };
    climbed.push(current);
  }
  return climbed;
}

/** The root hash over the peaks: the only peak itself where there is no other. */
export function rootOfPeaks(hash: HashFunction, chunkCount: number, hashes: readonly Uint8Array[]): Uint8Array {
  return climbFromPeaks(hash, chunkCount, hashes).at(-1)?.hash ?? hashes[0] ?? new Uint8Array(hashBytes[hash]);
}
