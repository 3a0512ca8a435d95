import type { FileHandle } from 'node:fs/promises';
import { invariant, type Extent, type OpenedContent, type SwarmId, type SwarmRecord } from '@weir/ppspp';
import type { ContentStore, ContentWritten } from '@weir/peer';
import { ContentProof } from './content-proof';
import { ContentError, reasonOf } from './errors';
import { readAt } from './file-access';
import { extentBytes, extentBytesMax, extentCount } from './geometry';
import { openContent, scanContent, type ContentFormat, type ScannedContent, type ScanWatch } from './scan';

/**
 * A complete file as a store, to be seeded. Holds the hashes above the extents in memory, some 80 bytes for each 64
 * chunks, and computes those within an extent when it is read: that is also how a change of the file is noticed.
 */
export class FileSource implements ContentStore {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly content: ScannedContent,
    private readonly proof: ContentProof,
  ) {}

  get record(): SwarmRecord {
    return this.content.record;
  }

  /** Scans the file. Rejects with a `ContentError`, or the reason of the watch's signal. */
  static async open(path: string, format: ContentFormat, watch: ScanWatch = {}): Promise<FileSource> {
    const file = await openContent(path);
    try {
      const content = await scanContent(file, path, format, watch);
      const proof = ContentProof.of(content.record);
      invariant(proof !== undefined, 'the peaks of a tree lead to its root');
      return new FileSource(path, file, content, proof);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  open(swarmId: SwarmId): Promise<OpenedContent | undefined> {
    // Of content without bytes there is nothing to be had, and nobody need ask for it.
    if (swarmId !== this.record.metadata.swarmId || this.record.chunkCount === 0) return Promise.resolve(undefined);
    const extents = Array.from({ length: extentCount(this.record.chunkCount) }, (_, index) => index);
    return Promise.resolve({ record: this.record, extents, blocks: [...this.content.blocks] });
  }

  /** Rejects with `CONTENT_CHANGED` when the file is no longer what was scanned. */
  async read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    const { metadata, chunkCount } = this.record;
    if (swarmId !== metadata.swarmId || index < 0 || index >= extentCount(chunkCount)) return undefined;
    const bytes = await this.bytesOf(index);
    const hashes = this.proof.subtreeOf(index, bytes, this.content.blocks.proof);
    if (hashes !== undefined) return { index, bytes, hashes };
    throw new ContentError('CONTENT_CHANGED', this.path, 'was changed since it was published; publish it again');
  }

  /** A complete file has nothing to learn. */
  write(): Promise<ContentWritten> {
    return Promise.resolve({ written: [], evicted: [] });
  }

  /** The file stays as it is; a read finds out. */
  erase(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async bytesOf(index: number): Promise<Uint8Array> {
    const position = index * extentBytes(this.record.metadata.chunkSize);
    try {
      return await readAt(this.file, position, extentBytesMax(this.record, index));
    } catch (cause) {
      throw new ContentError('CONTENT_UNREADABLE', this.path, `cannot be read: ${reasonOf(cause)}`, { cause });
    }
  }
}
