import { peakNodes, rootHeight } from '../addressing/node';
import { hexOf } from '../channel/handshake';
import { combine, digest, hashBytes } from '../integrity/hash';
import { extentHeight, subtreeOf } from '../integrity/subtree';
import { extentChunks, subtreeHashes, type Extent, type HashBlock } from './content';
import type { SwarmMetadata } from './metadata';
import type { Published } from './published.testing';

/**
 * The tree of a content of any size whose chunks are all alike: each of its nodes is known, and none of its bytes has to
 * be there.
 */
export class SparseTree {
  readonly chunk: Uint8Array;
  readonly metadata: SwarmMetadata;
  private readonly full: Uint8Array[];

  constructor(
    readonly chunkCount: number,
    settings: Omit<SwarmMetadata, 'swarmId'>,
  ) {
    const { hash, chunkSize } = settings;
    this.chunk = new Uint8Array(chunkSize).fill(7);
    let node = digest(hash, this.chunk);
    this.full = [node];
    for (let height = 1; height <= rootHeight(chunkCount); height++) {
      node = combine(hash, node, node);
      this.full.push(node);
    }
    this.metadata = { ...settings, swarmId: '' };
    this.metadata = { ...settings, swarmId: hexOf(this.node(rootHeight(chunkCount), 0)) };
  }

  /** The hash of any node. */
  node(height: number, index: number): Uint8Array {
    const { hash } = this.metadata;
    const first = index * 2 ** height;
    const full = this.full[height];
    if (full !== undefined && first + 2 ** height <= this.chunkCount) return full;
    if (first >= this.chunkCount) return new Uint8Array(hashBytes[hash]);
    return combine(hash, this.node(height - 1, index * 2), this.node(height - 1, index * 2 + 1));
  }

  /** The peak hashes. RFC 7574 section 5.6.1. */
  get peaks(): Uint8Array[] {
    return peakNodes(this.chunkCount).map(({ height, index }) => this.node(height, index));
  }

  extent(index: number): Extent {
    const { hash, chunkSize } = this.metadata;
    const chunks = Math.min(extentChunks, this.chunkCount - index * extentChunks);
    const bytes = new Uint8Array(chunks * chunkSize).fill(7);
    return { index, bytes, hashes: subtreeOf(hash, bytes, chunkSize) };
  }

  /** The content as somebody has it who has these extents, and the hashes that prove them. */
  holding(...extents: readonly number[]): Published {
    const { metadata, chunkCount, peaks } = this;
    const blocks = new Map<string, HashBlock>();
    for (const extent of extents) {
      let index = extent;
      for (let tier = 1; tier * extentHeight <= rootHeight(chunkCount); tier++) {
        index = Math.floor(index / extentChunks);
        blocks.set(`${String(tier)}/${String(index)}`, this.block(tier, index));
      }
    }
    const record = { metadata, chunkCount, peaks, contentBytes: chunkCount * metadata.chunkSize };
    return {
      bytes: new Uint8Array(0),
      metadata,
      extents: extents.map((index) => this.extent(index)),
      content: { record, extents, blocks: [...blocks.values()] },
    };
  }

  private block(tier: number, index: number): HashBlock {
    const size = hashBytes[this.metadata.hash];
    const hashes = new Uint8Array(subtreeHashes * size);
    for (let local = 0; local < extentHeight; local++) {
      const width = 2 ** (extentHeight - local);
      for (let at = 0; at < width; at++) {
        const position = (2 * at + 1) * 2 ** local - 1;
        hashes.set(this.node(tier * extentHeight + local, index * width + at), position * size);
      }
    }
    return { tier, index, hashes };
  }
}
