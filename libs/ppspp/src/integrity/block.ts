import { widthAt } from '../addressing/node';
import { subtreeHashes } from '../swarm/content';
import { extentHeight, subtreePosition } from './subtree';

/** Nodes that stand in one block: a subtree of height 6, its own root left to the block above. */
const blockHeight = extentHeight;

/** Where a node of the whole tree is kept. */
export interface BlockPlace {
  readonly tier: number;
  readonly block: number;
  /** Position among the block's 127 hashes. */
  readonly position: number;
}

/**
 * The block of a node: tier 0 holds heights 0 to 5, tier 1 heights 6 to 11, and so on. A block's own root is the leaf
 * of a block of the next tier, so that each node has one place.
 */
export function placeOf(height: number, index: number): BlockPlace {
  const tier = Math.floor(height / blockHeight);
  const local = height - tier * blockHeight;
  const width = widthAt(blockHeight - local);
  const block = Math.floor(index / width);
  return { tier, block, position: subtreePosition(local, index - block * width) };
}

/** One number for one block; there are fewer than 16 tiers below 2^53 chunks. */
export function blockKey(tier: number, block: number): number {
  return block * 16 + tier;
}

/** The hashes of one block, and which of them are known. */
export class Block {
  readonly hashes: Uint8Array;
  private readonly known = new Uint8Array(subtreeHashes);

  constructor(
    readonly tier: number,
    readonly index: number,
    private readonly size: number,
  ) {
    this.hashes = new Uint8Array(subtreeHashes * size);
  }

  at(position: number): Uint8Array | undefined {
    if (this.known[position] !== 1) return undefined;
    return this.hashes.subarray(position * this.size, (position + 1) * this.size);
  }

  put(position: number, hash: Uint8Array): void {
    this.hashes.set(hash, position * this.size);
    this.known[position] = 1;
  }
}
