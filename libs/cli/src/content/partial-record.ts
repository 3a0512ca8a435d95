import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { hashBytes, isZero, subtreeHashes, type HashBlock, type SwarmRecord } from '@weir/ppspp';
import { ExtentBits } from './extent-bits';
import { readAt, writeAt } from './file-access';
import { blocksOfTiers, extentCount } from './geometry';
import { HashBlocks } from './hash-blocks';
import { decodeHeader, encodeHeader, headerBytes } from './partial-header';

/** What the record of a partial file says, true or not. */
export interface PartialClaims {
  readonly record: SwarmRecord;
  /** Extents claimed to be in the file. */
  readonly extents: ExtentBits;
  readonly blocks: HashBlocks;
}

/** The record's file beside a partial file. */
export function partialRecordPath(path: string): string {
  return `${path}.weir`;
}

/**
 * The record beside a partial file, so that a later run continues: a header, a bit for each extent, the hash blocks.
 * Everything has its fixed place, so that a write costs what changed. Nothing in it is believed when it is read again:
 * a write cut off half way costs an extent, never correctness.
 */
export class PartialRecord {
  private constructor(
    private readonly file: FileHandle,
    private readonly places: Places,
  ) {}

  /** Reads a record. Undefined if the file is none; rejects with the platform's error. */
  static async read(path: string): Promise<PartialClaims | undefined> {
    const file = await open(path, 'r');
    try {
      const record = decodeHeader(await readAt(file, 0, headerBytes));
      return record && (await readClaims(file, record));
    } finally {
      await file.close();
    }
  }

  /** Writes a new record in the place of any other, in one step. */
  static async create(path: string, { record, extents, blocks }: PartialClaims): Promise<PartialRecord> {
    const temporary = `${path}.new`;
    const file = await open(temporary, 'w');
    try {
      const created = new PartialRecord(file, new Places(record));
      await writeAt(file, 0, encodeHeader(record));
      await writeAt(file, headerBytes, extents.bytes);
      await created.putBlocks(blocks);
      await rename(temporary, path);
      return created;
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Writes whether these extents are in the file; when they are, to be called once their bytes are, too. */
  async putClaims(held: ExtentBits, changed: readonly number[]): Promise<void> {
    for (const at of new Set(changed.map((extent) => Math.floor(extent / 8)))) {
      await writeAt(this.file, headerBytes + at, held.bytes.subarray(at, at + 1));
    }
  }

  /** Keeps hash blocks; one beyond the content is left out. */
  async putBlocks(blocks: Iterable<HashBlock>): Promise<void> {
    for (const { tier, index, hashes } of blocks) {
      const position = this.places.ofBlock(tier, index);
      if (position !== undefined) await writeAt(this.file, position, hashes);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readClaims(file: FileHandle, record: SwarmRecord): Promise<PartialClaims> {
  const places = new Places(record);
  const extents = new ExtentBits(extentCount(record.chunkCount));
  const claimed = new ExtentBits(extents.count);
  claimed.bytes.set(await readAt(file, headerBytes, claimed.bytes.length));
  for (const extent of claimed) extents.add(extent);
  const blocks = new HashBlocks(record.metadata.hash);
  for (const { tier, index, position } of places.all()) {
    const hashes = await readAt(file, position, places.blockBytes);
    if (hashes.length === places.blockBytes && !isZero(hashes)) blocks.put({ tier, index, hashes });
  }
  return { record, extents, blocks };
}

/** Where the hash blocks of one content stand: tier after tier behind the header and the bits. */
class Places {
  readonly blockBytes: number;
  private readonly start: number;
  private readonly counts: readonly number[];

  constructor({ metadata, chunkCount }: SwarmRecord) {
    this.blockBytes = subtreeHashes * hashBytes[metadata.hash];
    this.start = headerBytes + Math.ceil(extentCount(chunkCount) / 8);
    this.counts = blocksOfTiers(chunkCount);
  }

  ofBlock(tier: number, index: number): number | undefined {
    if (index >= (this.counts[tier - 1] ?? 0)) return undefined;
    const before = this.counts.slice(0, tier - 1).reduce((sum, count) => sum + count, 0);
    return this.start + (before + index) * this.blockBytes;
  }

  *all(): Generator<{ readonly tier: number; readonly index: number; readonly position: number }> {
    let position = this.start;
    for (const [at, count] of this.counts.entries()) {
      for (let index = 0; index < count; index++, position += this.blockBytes) yield { tier: at + 1, index, position };
    }
  }
}
