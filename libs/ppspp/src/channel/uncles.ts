import type { ChunkRange } from '../addressing/chunk-range';
import { peakNodes, rangeOfNode, siblingIndex, widthAt, type TreeNode } from '../addressing/node';

/** The bin of a node: one number for it. RFC 7574 section 4.2. */
export function binOf(height: number, index: number): number {
  return (2 * index + 1) * widthAt(height) - 1;
}

/** The node of a bin. */
export function nodeOfBin(bin: number): TreeNode {
  let height = 0;
  let left = bin;
  while (left % 2 === 1) {
    height++;
    left = (left - 1) / 2;
  }
  return { height, index: left / 2 };
}

/** The chunks whose way up to the root a receiver knows. */
export interface Coverage {
  /** 0 if there are none. */
  readonly runCount: number;
  intersects(range: ChunkRange): boolean;
}

/**
 * The nodes whose hashes a receiver needs to verify one chunk, given what it acknowledged: the peaks if that was
 * nothing, then uncles from the top down. RFC 7574 sections 5.3, 5.4 and 5.6.2.
 *
 * Whoever verified any chunk below a node's parent knows the node's hash, as an uncle or by computing it; so does
 * whoever knows that the node is a peak.
 */
export function neededNodes(chunk: number, chunkCount: number, acknowledged: Coverage): TreeNode[] {
  const uncles: TreeNode[] = [];
  let height = 0;
  let index = chunk;
  for (;;) {
    const parent = Math.floor(index / 2);
    const above = rangeOfNode(height + 1, parent);
    // A node whose parent reaches beyond the content is a peak: nothing above it need be proven.
    if (above.last >= chunkCount || acknowledged.intersects(above)) break;
    uncles.push({ height, index: siblingIndex(index) });
    height++;
    index = parent;
  }
  uncles.reverse();
  return acknowledged.runCount === 0 ? [...peakNodes(chunkCount), ...uncles] : uncles;
}
