import { ChunkSet } from '../addressing/chunk-set';
import type { ChunkRange } from '../addressing/chunk-range';
import { bytesOfSwarmId } from '../channel/handshake';
import { isZero } from '../integrity/hash';
import { HashTree, type Proof } from '../integrity/hash-tree';
import { blockKey, placeOf } from '../integrity/block';
import { hashBytes } from '../integrity/hash';
import type { OpenedContent } from '../endpoint/effects';
import { extentChunks, type SwarmRecord } from './content';
import type { SwarmMetadata } from './metadata';

/** What we hold of one content, and what we know of it. */
export class Holdings {
  readonly tree: HashTree;
  /** Extents in the store. */
  readonly held = new ChunkSet();
  /** Extents that were checked since they were opened, or fetched in this run. */
  readonly checked = new ChunkSet();
  /** Extents that were in the store at any time since the swarm was opened. */
  readonly everHeld = new ChunkSet();
  contentBytes: number | undefined;
  private size: number;
  private sizeProven = false;
  private readonly stored = new Map<number, Uint8Array>();

  constructor(private readonly given: SwarmMetadata) {
    this.tree = new HashTree(given.hash, bytesOfSwarmId(given.swarmId));
    this.size = given.chunkSize;
  }

  /** The metadata, with the chunk size that a verified chunk proved. */
  get metadata(): SwarmMetadata {
    return this.size === this.given.chunkSize ? this.given : { ...this.given, chunkSize: this.size };
  }

  /** The proven chunk size, or undefined while it is a guess. */
  get chunkSize(): number | undefined {
    return this.sizeProven ? this.size : undefined;
  }

  get chunkCount(): number | undefined {
    return this.tree.chunkCount;
  }

  get extentCount(): number | undefined {
    return this.chunkCount === undefined ? undefined : Math.ceil(this.chunkCount / extentChunks);
  }

  get complete(): boolean {
    const { extentCount } = this;
    return extentCount !== undefined && this.held.covers({ first: 0, last: extentCount - 1 });
  }

  /** Takes over what a store, or a file, holds. False if its record does not lead to the swarm ID. */
  adopt({ record, extents, blocks }: OpenedContent): boolean {
    if (!this.tree.adoptPeaks(record.chunkCount, record.peaks)) return false;
    this.size = record.metadata.chunkSize;
    this.sizeProven = true;
    this.contentBytes = record.contentBytes;
    for (const extent of extents) this.held.add({ first: extent, last: extent });
    for (const run of this.held.runs()) this.everHeld.add(run);
    for (const block of blocks) this.stored.set(blockKey(block.tier, block.index), block.hashes);
    return true;
  }

  /** As `adopt`, for content whose whole tree we computed ourselves: nothing needs a second check. */
  adoptTrusted(content: OpenedContent): boolean {
    if (!this.adopt(content)) return false;
    for (const block of content.blocks) this.tree.trust(block);
    for (const extent of content.extents) this.checked.add({ first: extent, last: extent });
    return true;
  }

  /** Hashes the store kept: claims like any other, until an extent's own bytes lead through them to the root. */
  readonly storedProof: Proof = (height, index) => {
    const { tier, block, position } = placeOf(height, index);
    const hashes = this.stored.get(blockKey(tier, block));
    const size = hashBytes[this.given.hash];
    const hash = hashes?.subarray(position * size, (position + 1) * size);
    return hash === undefined || isZero(hash) ? undefined : hash;
  };

  /** Learns the chunk size from a verified chunk; false for a last one, which cannot tell. RFC 7574 section 8.1. */
  learnChunkSize(chunk: number, bytes: number): boolean {
    if (this.sizeProven) return true;
    const { chunkCount } = this;
    if (chunkCount === undefined || (chunk === chunkCount - 1 && chunkCount > 1)) return false;
    this.size = chunkCount === 1 ? Math.max(bytes, this.size) : bytes;
    this.sizeProven = true;
    return true;
  }

  /** Notes an extent that was written. The last one tells the content's exact size. RFC 7574 section 5.6. */
  hold(extent: number): void {
    this.held.add({ first: extent, last: extent });
    this.everHeld.add({ first: extent, last: extent });
    this.checked.add({ first: extent, last: extent });
  }

  drop(extent: number): void {
    this.held.remove({ first: extent, last: extent });
    this.checked.remove({ first: extent, last: extent });
  }

  /** Learns the content's size from the bytes of its last extent. */
  learnContentBytes(extent: number, bytes: number): void {
    if (extent + 1 === this.extentCount) this.contentBytes = extent * extentChunks * this.size + bytes;
  }

  /** Chunks of an extent: 64 but for the last. */
  chunksIn(extent: number): number {
    return Math.min(extentChunks, (this.chunkCount ?? 0) - extent * extentChunks);
  }

  /** The run of held chunks around an extent: the biggest interval to announce. RFC 7574 section 4.3.1. */
  runAround(extent: number): ChunkRange | undefined {
    const run = this.held.runAt(extent);
    return run === undefined ? undefined : this.chunksOf(run);
  }

  /** All held chunks as ranges. */
  runs(): ChunkRange[] {
    return this.held.runs().map((run) => this.chunksOf(run));
  }

  /** What is known beside the extents; undefined until the content's size is proven. */
  record(): SwarmRecord | undefined {
    const { chunkCount } = this;
    if (chunkCount === undefined) return undefined;
    return {
      metadata: this.metadata,
      chunkCount,
      peaks: this.tree.peaks().map((hash) => hash.slice()),
      contentBytes: this.contentBytes,
    };
  }

  private chunksOf({ first, last }: ChunkRange): ChunkRange {
    return { first: first * extentChunks, last: Math.min((last + 1) * extentChunks, this.chunkCount ?? 0) - 1 };
  }
}
