import { rootHeight, peakNodes } from '../addressing/node';
import { extentChunks, type HashBlock } from '../swarm/content';
import type { HashFunction } from '../swarm/metadata';
import { Block, blockKey, placeOf } from './block';
import { combine, hashBytes } from './hash';
import { extentHeight, subtreeHash } from './subtree';

/** A finished Merkle hash tree, without the hashes that its extents carry. */
export interface BuiltTree {
  /** The root hash: the swarm ID of static content. RFC 7574 section 5.1. */
  readonly root: Uint8Array;
  /** The peak hashes, left to right. */
  readonly peaks: readonly Uint8Array[];
  /** Every block above the extents. */
  readonly blocks: readonly HashBlock[];
}

/** Builds the tree of a content from its extents' subtrees, in order; memory is one hash for each 32 chunks. */
export class TreeBuilder {
  private readonly blocks = new Map<number, Block>();
  private readonly size: number;
  private extents = 0;
  private last: Uint8Array | undefined;

  constructor(private readonly hash: HashFunction) {
    this.size = hashBytes[hash];
  }

  /** Adds the 127 hashes of the next extent. */
  add(subtree: Uint8Array): void {
    this.last = subtree;
    this.put(extentHeight, this.extents, subtreeHash(subtree, this.size, extentHeight, 0));
    this.extents++;
  }

  /** Computes what is left. `chunkCount` is the number of chunks in all extents added. */
  finish(chunkCount: number): BuiltTree {
    const top = rootHeight(chunkCount);
    for (let height = extentHeight + 1; height <= top; height++) {
      const filled = Math.ceil(this.extents / 2 ** (height - extentHeight));
      for (let index = 0; index < filled; index++) {
        this.put(
          height,
          index,
          combine(this.hash, this.node(height - 1, index * 2), this.node(height - 1, index * 2 + 1)),
        );
      }
    }
    const peaks = peakNodes(chunkCount).map(({ height, index }) => this.node(height, index));
    return {
      root: this.node(top, 0),
      peaks,
      blocks: [...this.blocks.values()].map(({ tier, index, hashes }) => ({ tier, index, hashes })),
    };
  }

  private put(height: number, index: number, value: Uint8Array): void {
    const { tier, block, position } = placeOf(height, index);
    const key = blockKey(tier, block);
    const existing = this.blocks.get(key) ?? new Block(tier, block, this.size);
    this.blocks.set(key, existing);
    existing.put(position, value);
  }

  /** Below the extents' roots only the last extent can hold a node that is asked for: a peak, or a small root. */
  private node(height: number, index: number): Uint8Array {
    const empty = new Uint8Array(this.size);
    if (height < extentHeight) {
      const perExtent = extentChunks / 2 ** height;
      return this.last === undefined ? empty : subtreeHash(this.last, this.size, height, index % perExtent);
    }
    const { tier, block, position } = placeOf(height, index);
    return this.blocks.get(blockKey(tier, block))?.at(position) ?? empty;
  }
}
