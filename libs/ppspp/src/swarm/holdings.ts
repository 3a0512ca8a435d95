import { ChunkSet } from '../addressing/chunk-set';
import type { ChunkRange } from '../addressing/chunk-range';
import { bytesOfSwarmId } from '../channel/handshake';
import { isZero } from '../integrity/hash';
import { HashTree, type Proof } from '../integrity/hash-tree';
import { blockKey, placeOf } from '../integrity/block';
import { hashBytes } from '../integrity/hash';
import type { OpenedContent } from '../endpoint/effects';
import { extentChunks, subtreeHashes, type HashBlock, type SwarmRecord } from './content';
import { integrityOf, statedChunks, type IntegrityMethod, type SwarmMetadata } from './metadata';
import type { Dialect } from '../wire/message';

/** What we hold of one content, and what we know of it. */
export class Holdings {
  readonly tree: HashTree;
  /** Extents in the store, or taken to be: reading one may prove it missing. */
  readonly held = new ChunkSet();
  /** Those of them that the store refused. */
  readonly passing = new ChunkSet();
  /** Extents that were checked since they were opened, or fetched in this run. */
  readonly checked = new ChunkSet();
  /** Extents that were in the store at any time since the swarm was opened. */
  readonly everHeld = new ChunkSet();
  /** How the content is protected: without a hash tree, `tree` stays empty. RFC 7574 section 7.5. */
  readonly integrity: IntegrityMethod;
  private described: SwarmMetadata;
  private spoken: Dialect;
  private sizeProven = false;
  private knownBytes: number | undefined;
  /** The number of chunks where nothing can prove it. */
  private believedCount: number | undefined;
  private readonly stored = new Map<number, Uint8Array>();

  constructor(private readonly given: SwarmMetadata) {
    this.tree = new HashTree(given.hash, bytesOfSwarmId(given.swarmId));
    this.described = given;
    this.integrity = integrityOf(given);
    const { addressing } = given;
    // Ranges of bytes mean nothing without a chunk size, so that there the stated one holds from the beginning.
    const chunkSize = addressing === 'byte64' ? given.chunkSize : undefined;
    this.spoken = { addressing, hashBytes: hashBytes[given.hash], chunkSize };
    if (this.integrity === 'none') this.believe(given);
  }

  /** The metadata, with the chunk size that a verified chunk proved. */
  get metadata(): SwarmMetadata {
    return this.described;
  }

  /** Widths of the messages in this swarm. RFC 7574 sections 7.6 and 7.8. */
  get dialect(): Dialect {
    return this.spoken;
  }

  /** The proven chunk size, or undefined while it is a guess. */
  get chunkSize(): number | undefined {
    return this.sizeProven ? this.size : undefined;
  }

  /** Exact bytes of the content, once its last chunk tells. */
  get contentBytes(): number | undefined {
    return this.knownBytes;
  }

  get chunkCount(): number | undefined {
    return this.believedCount ?? this.tree.chunkCount;
  }

  get extentCount(): number | undefined {
    return this.chunkCount === undefined ? undefined : Math.ceil(this.chunkCount / extentChunks);
  }

  get complete(): boolean {
    const { extentCount } = this;
    return extentCount !== undefined && this.held.covers({ first: 0, last: extentCount - 1 });
  }

  /** Takes what our own side states of a swarm that strangers opened before: how much content there is. */
  state({ contentBytes }: SwarmMetadata): void {
    if (contentBytes !== undefined) this.described = { ...this.described, contentBytes };
  }

  /** Takes over what a store, or a file, holds. False if its record does not lead to the swarm ID. */
  adopt({ record, extents, blocks }: OpenedContent): boolean {
    if (!this.fits(record)) return false;
    this.proveSize(record.metadata.chunkSize);
    this.endAt(record.contentBytes ?? this.knownBytes);
    const end = this.extentCount ?? 0;
    for (const extent of extents) if (extent < end) this.held.add({ first: extent, last: extent });
    for (const run of this.held.runs()) this.everHeld.add(run);
    if (this.held.has(Math.ceil(record.chunkCount / extentChunks) - 1)) this.tree.confirmSize();
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

  /**
   * Blocks above the extents that changed since the last call, with what the store had of them: they take the place of
   * those that the store has.
   */
  takeDirty(): HashBlock[] {
    return this.tree.takeDirty().map((block) => {
      const stored = this.stored.get(blockKey(block.tier, block.index));
      return stored === undefined
        ? block
        : { ...block, hashes: merged(block.hashes, stored, hashBytes[this.given.hash]) };
    });
  }

  get hasStoredHashes(): boolean {
    return this.stored.size > 0;
  }

  /** Hashes the store kept: claims like any other, until an extent's own bytes lead through them to the root. */
  readonly storedProof: Proof = (height, index) => {
    const { tier, block, position } = placeOf(height, index);
    const hashes = this.stored.get(blockKey(tier, block));
    const size = hashBytes[this.given.hash];
    const hash = hashes?.subarray(position * size, (position + 1) * size);
    return hash === undefined || isZero(hash) ? undefined : hash;
  };

  /**
   * Learns the chunk size from a verified chunk; false for a last one, which cannot tell, and for one that contradicts the
   * bytes by which all was addressed. RFC 7574 section 8.1.
   */
  learnChunkSize(chunk: number, bytes: number): boolean {
    if (this.sizeProven) return true;
    const { chunkCount } = this;
    if (chunkCount === undefined || (chunk === chunkCount - 1 && chunkCount > 1)) return false;
    const proven = chunkCount === 1 ? Math.max(bytes, this.size) : bytes;
    if (this.spoken.addressing === 'byte64' && proven !== this.size) return false;
    this.proveSize(proven);
    return true;
  }

  /** The part of a range that is content: what a peer says beyond it means nothing. RFC 7574 sections 12.6.2 and 12.6.4. */
  within({ first, last }: ChunkRange): ChunkRange | undefined {
    const end = this.chunkCount ?? Number.MAX_SAFE_INTEGER;
    return first >= end ? undefined : { first, last: Math.min(last, end - 1) };
  }

  /** Notes an extent that was written; or was not, and is here until memory gives it up. */
  hold(extent: number, stored: boolean): void {
    if (stored) this.passing.remove({ first: extent, last: extent });
    else this.passing.add({ first: extent, last: extent });
    this.held.add({ first: extent, last: extent });
    this.everHeld.add({ first: extent, last: extent });
  }

  drop(extent: number): void {
    this.held.remove({ first: extent, last: extent });
    this.checked.remove({ first: extent, last: extent });
    this.passing.remove({ first: extent, last: extent });
  }

  /** An extent proved corrupt: it is wanted as if it had never been here. */
  forget(extent: number): void {
    this.drop(extent);
    this.everHeld.remove({ first: extent, last: extent });
  }

  /** The last extent tells the content's exact size. RFC 7574 section 5.6. */
  learnContentBytes(extent: number, bytes: number): void {
    if (extent + 1 === this.extentCount) this.endAt(extent * extentChunks * this.size + bytes);
  }

  /** Chunks of an extent: 64 but for the last. */
  chunksIn(extent: number): number {
    return Math.min(extentChunks, (this.chunkCount ?? 0) - extent * extentChunks);
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

  /** The chunks of a run of extents. */
  chunksOf({ first, last }: ChunkRange): ChunkRange {
    return { first: first * extentChunks, last: Math.min((last + 1) * extentChunks, this.chunkCount ?? 0) - 1 };
  }

  private fits({ chunkCount, peaks }: SwarmRecord): boolean {
    switch (this.integrity) {
      case 'merkle':
        return this.tree.adoptPeaks(chunkCount, peaks);
      case 'none':
        return chunkCount === this.believedCount;
    }
  }

  /** Without hashes the size is what the metadata say. */
  private believe(stated: SwarmMetadata): void {
    this.believedCount = statedChunks(stated);
    this.endAt(stated.contentBytes);
    this.proveSize(stated.chunkSize);
  }

  private get size(): number {
    return this.described.chunkSize;
  }

  private endAt(contentBytes: number | undefined): void {
    this.knownBytes = contentBytes;
    if (contentBytes !== undefined && this.spoken.addressing === 'byte64') {
      this.spoken = { ...this.spoken, contentBytes };
    }
  }

  private proveSize(chunkSize: number): void {
    this.described = { ...this.described, chunkSize };
    this.spoken = { ...this.spoken, chunkSize };
    this.sizeProven = true;
  }
}

/** The newer hashes, and the older ones where nothing newer is known. */
function merged(newer: Uint8Array, older: Uint8Array, size: number): Uint8Array {
  const hashes = newer.slice();
  for (let from = 0; from < subtreeHashes * size; from += size) {
    if (isZero(hashes.subarray(from, from + size))) hashes.set(older.subarray(from, from + size), from);
  }
  return hashes;
}
