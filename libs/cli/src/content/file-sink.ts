import { rm } from 'node:fs/promises';
import {
  invariant,
  statedChunks,
  type Extent,
  type OpenedContent,
  type SwarmId,
  type SwarmMetadata,
  type SwarmRecord,
} from '@weir/ppspp';
import type { ContentStore, ContentWrite, ContentWritten } from '@weir/peer';
import { ContentProof } from './content-proof';
import { ContentError, reasonOf, systemCode } from './errors';
import { ExtentBits } from './extent-bits';
import { readAt, writeAt } from './file-access';
import { extentBytes, extentCount, isTooLarge } from './geometry';
import { HashBlocks } from './hash-blocks';
import { PartialRecord, partialRecordPath, type PartialClaims } from './partial-record';
import { OutputLock } from './output-lock';
import { openOutput, resume, type OutputFile } from './resume';
import type { ScanWatch } from './scan';

/** How far a file is. */
export interface SinkProgress {
  readonly heldBytes: number;
  /** Undefined until the content's size is known, to a chunk's accuracy until its last chunk is here. */
  readonly contentBytes: number | undefined;
}

/**
 * A file as a store, to be fetched into: extents are written at their place in the file, and a record beside it says
 * which, so that a later run continues. Takes verified extents of its one swarm only.
 */
export class FileSink implements ContentStore {
  /** Resolves once every extent is in the file; `finish` is then due. */
  readonly completed: Promise<void>;
  private complete: () => void = () => undefined;
  private record: PartialRecord | undefined;
  private proof: ContentProof | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** The content's exact size, known once its last extent is held. */
  private lastByte: number | undefined;

  private constructor(
    private readonly output: OutputFile & { readonly lock: OutputLock },
    private readonly metadata: SwarmMetadata,
    private held: PartialClaims | undefined,
  ) {
    this.completed = new Promise((resolve) => (this.complete = resolve));
    this.lastByte = held?.record.contentBytes;
    if (this.isComplete) this.complete();
  }

  /**
   * Opens or creates the file and proves what it has already. Rejects with a `ContentError`, or the reason of the
   * watch's signal.
   */
  static async open(path: string, metadata: SwarmMetadata, watch: ScanWatch = {}): Promise<FileSink> {
    const output = await openOutput(path);
    let lock: OutputLock | undefined;
    try {
      lock = await OutputLock.take(path);
      const sink = new FileSink({ ...output, lock }, metadata, await resume(output, metadata, watch));
      if (sink.held !== undefined) sink.mustHaveStatedSize(sink.held.record);
      return sink;
    } catch (error) {
      await output.file.close();
      if (output.isNew) await rm(path, { force: true });
      await lock?.release();
      throw error;
    }
  }

  get isComplete(): boolean {
    return this.held !== undefined && this.held.extents.size === this.held.extents.count;
  }

  progress(): SinkProgress {
    if (this.held === undefined) return { heldBytes: 0, contentBytes: undefined };
    const { record, extents } = this.held;
    const whole = extentBytes(this.metadata.chunkSize);
    const contentBytes = this.lastByte ?? record.chunkCount * this.metadata.chunkSize;
    const missing = extents.has(extents.count - 1) ? extents.count * whole - contentBytes : 0;
    return { heldBytes: extents.size * whole - missing, contentBytes };
  }

  open(swarmId: SwarmId): Promise<OpenedContent | undefined> {
    if (this.held === undefined || swarmId !== this.metadata.swarmId) return Promise.resolve(undefined);
    const { record, extents, blocks } = this.held;
    const known = { ...record, contentBytes: this.lastByte };
    return Promise.resolve({ record: known, extents: [...extents], blocks: [...blocks] });
  }

  /** An extent that is no longer what was written is forgotten, so that it is fetched again. */
  async read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    if (swarmId !== this.metadata.swarmId || this.closed || this.held?.extents.has(index) !== true) return undefined;
    const { record, blocks } = this.held;
    const position = index * extentBytes(this.metadata.chunkSize);
    const end = Math.min(position + extentBytes(this.metadata.chunkSize), this.lastByte ?? Infinity);
    const bytes = await this.explained(() => readAt(this.output.file, position, end - position));
    const hashes = (this.proof ??= ContentProof.of(record))?.subtreeOf(index, bytes, blocks.proof);
    if (hashes !== undefined) return { index, bytes, hashes };
    await this.erase(swarmId, index);
    return undefined;
  }

  /** Rejects with `OUTPUT_FAILED` when the file system does, and with `CONTENT_TOO_LARGE`. */
  async write(content: ContentWrite): Promise<ContentWritten> {
    return this.inTurn(() => this.put(content));
  }

  async erase(swarmId: SwarmId, index: number): Promise<void> {
    await this.inTurn(async () => {
      if (swarmId !== this.metadata.swarmId || this.held === undefined) return;
      this.held.extents.delete(index);
      await this.record?.putClaims(this.held.extents, [index]);
    });
  }

  /** To be called when complete: everything to the disk, the size exact, the record gone, the file closed. */
  async finish(): Promise<void> {
    await this.inTurn(async () => {
      invariant(this.isComplete && this.lastByte !== undefined, 'only a complete file is finished');
      await this.output.file.truncate(this.lastByte);
      await this.output.file.sync();
    });
    await this.close();
    await rm(partialRecordPath(this.output.path), { force: true });
  }

  /** Leaves what is there to a later run; a file that nothing was written to is removed if it is our own. */
  async close(): Promise<void> {
    await this.inTurn(async () => {
      if (this.closed) return;
      this.closed = true;
      await this.record?.close();
      await this.output.file.close();
      if (this.output.isNew && this.held === undefined) await rm(this.output.path, { force: true });
      await this.output.lock.release();
    });
  }

  private async put({ record, extents, blocks }: ContentWrite): Promise<ContentWritten> {
    if (this.closed || record.metadata.swarmId !== this.metadata.swarmId) return { written: [], evicted: [] };
    const held = await this.heldUnder(record);
    const place = (this.record ??= await PartialRecord.create(partialRecordPath(this.output.path), held));
    const known = extents.filter(({ index }) => index < held.extents.count);
    const written = known.map(({ index }) => index);
    for (const { index, bytes } of known) {
      const position = index * extentBytes(this.metadata.chunkSize);
      await writeAt(this.output.file, position, bytes);
      if (index === held.extents.count - 1) this.lastByte = position + bytes.length;
    }
    this.mustHaveStatedSize({ ...record, contentBytes: this.lastByte });
    for (const block of blocks) held.blocks.put(block);
    for (const index of written) held.extents.add(index);
    await place.putBlocks(blocks);
    await place.putClaims(held.extents, written);
    if (this.isComplete) this.complete();
    return { written, evicted: [] };
  }

  /** What was stated of the content's size may be wrong, where its hashes prove another. */
  private mustHaveStatedSize({ chunkCount, contentBytes }: SwarmRecord): void {
    const stated = this.metadata.contentBytes;
    if (stated === undefined) return;
    const isRight = contentBytes === undefined ? chunkCount === statedChunks(this.metadata) : contentBytes === stated;
    if (isRight) return;
    const size = contentBytes === undefined ? `${chunkCount} chunks` : `${contentBytes} bytes`;
    const problem = `the content has ${size}, and not the ${stated} bytes that were stated; ask for it without contentBytes`;
    throw new ContentError('CONTENT_OTHER_SIZE', this.output.path, problem);
  }

  /** What is held, under the record of a write: peers may have corrected the number of chunks meanwhile. */
  private async heldUnder(record: SwarmRecord): Promise<PartialClaims> {
    if (isTooLarge(record)) {
      throw new ContentError(
        'CONTENT_TOO_LARGE',
        this.output.path,
        'the content has more extents than we keep hashes of',
      );
    }
    const before = this.held;
    if (before?.record.chunkCount === record.chunkCount) return before;
    const extents = new ExtentBits(extentCount(record.chunkCount));
    for (const index of before?.extents ?? []) extents.add(index);
    this.held = { record, extents, blocks: new HashBlocks(record.metadata.hash, before?.blocks) };
    this.proof = undefined;
    this.lastByte = undefined;
    await this.record?.close();
    this.record = undefined;
    return this.held;
  }

  /** One change at a time: the record's bits share bytes. */
  private async inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(() => this.explained(change));
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** The platform's errors as our own. */
  private async explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      if (systemCode(cause) === undefined) throw cause;
      throw new ContentError('OUTPUT_FAILED', this.output.path, `cannot be written: ${reasonOf(cause)}`, { cause });
    }
  }
}
