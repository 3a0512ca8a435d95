import { blockKey, hashBytes, isZero, placeOf, type HashBlock, type HashFunction, type Proof } from '@weir/ppspp';

/** Hash blocks by tier and index. */
export class HashBlocks implements Iterable<HashBlock> {
  private readonly blocks = new Map<number, HashBlock>();

  constructor(
    private readonly hash: HashFunction,
    blocks: Iterable<HashBlock> = [],
  ) {
    for (const block of blocks) this.put(block);
  }

  /** Replaces the block of the same tier and index. */
  put(block: HashBlock): void {
    this.blocks.set(blockKey(block.tier, block.index), block);
  }

  [Symbol.iterator](): Iterator<HashBlock> {
    return this.blocks.values();
  }

  /** The hash of a node, for what wants to prove that it leads to the root. */
  readonly proof: Proof = (height, index) => {
    const { tier, block, position } = placeOf(height, index);
    const size = hashBytes[this.hash];
    const found = this.blocks.get(blockKey(tier, block))?.hashes.subarray(position * size, (position + 1) * size);
    return found === undefined || isZero(found) ? undefined : found;
  };
}
