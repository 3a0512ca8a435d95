import type { ChunkRange } from './chunk-range';

/**
 * A node of the Merkle hash tree: the `index`-th from the left at `height`, leaves at height 0. It is the bin of
 * RFC 7574 section 4.2 as two numbers, whose arithmetic stays exact up to 2^53 where bit operations would not.
 */
export interface TreeNode {
  readonly height: number;
  readonly index: number;
}

/** Looked up for each hash that is sent or received, where the operator would cost as much as all the rest. */
const widths = Array.from({ length: 54 }, (_, height) => 2 ** height);

/** Chunks below a node of a height: a power of two. */
export function widthAt(height: number): number {
  return widths[height] ?? 2 ** height;
}

/** The chunks below a node. RFC 7574 section 5.4. */
export function rangeOfNode(height: number, index: number): ChunkRange {
  const width = widthAt(height);
  return { first: index * width, last: index * width + width - 1 };
}

/** The node over exactly these chunks, or undefined if no node is. */
export function nodeOfRange({ first, last }: ChunkRange): TreeNode | undefined {
  const width = last - first + 1;
  const height = width === 1 ? 0 : Math.log2(width);
  if (!Number.isInteger(height) || widthAt(height) !== width || first % width !== 0) return undefined;
  return { height, index: first / width };
}

/** Height of the root over `chunkCount` chunks: the smallest tree that is wide enough. RFC 7574 section 5.1. */
export function rootHeight(chunkCount: number): number {
  let height = 0;
  for (let width = 1; width < chunkCount; width *= 2) height++;
  return height;
}

/** The peaks over `chunkCount` chunks, left to right: one for each 1 in its binary form. RFC 7574 section 5.6.1. */
export function peakNodes(chunkCount: number): TreeNode[] {
  const peaks: TreeNode[] = [];
  let first = 0;
  for (let height = rootHeight(chunkCount); height >= 0; height--) {
    const width = 2 ** height;
    if (chunkCount - first < width) continue;
    peaks.push({ height, index: first / width });
    first += width;
  }
  return peaks;
}

/** The other child of the node's parent. */
export function siblingIndex(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1;
}
