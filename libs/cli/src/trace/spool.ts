import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ContentError, reasonOf } from '../content/errors';
import { writeAt } from '../content/file-access';
import { UsageError } from '../errors';

/**
 * Blocks of one size in a temporary file, whose name is gone as soon as it is open: however the process ends, nothing of
 * it stays.
 */
export class Spool {
  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
    private readonly blockBytes: number,
  ) {}

  /** Rejects with a `UsageError` for a folder in which no file can be made. */
  static async create(folder: string, blockBytes: number): Promise<Spool> {
    const path = join(folder, `weir-simulate-${randomUUID()}`);
    try {
      const file = await open(path, 'wx+', 0o600);
      await rm(path);
      return new Spool(folder, file, blockBytes);
    } catch (error) {
      throw new UsageError(`--temp ${JSON.stringify(folder)}: name a folder for temporary files; ${reasonOf(error)}`);
    }
  }

  /** Writes the block with a number, in any order. Rejects with `OUTPUT_FAILED`, as when the disk is full. */
  async write(index: number, block: ArrayBuffer): Promise<void> {
    try {
      await writeAt(this.file, index * this.blockBytes, new Uint8Array(block, 0, this.blockBytes));
    } catch (cause) {
      const problem = `temporary file cannot be written: ${reasonOf(cause)}; name another folder with --temp`;
      throw new ContentError('OUTPUT_FAILED', this.folder, problem, { cause });
    }
  }

  /** Reads the block with a number, which was written before. */
  async read(index: number, into: ArrayBuffer): Promise<void> {
    let done = 0;
    while (done < this.blockBytes) {
      const at = index * this.blockBytes + done;
      const { bytesRead } = await this.file.read(new Uint8Array(into), done, this.blockBytes - done, at);
      if (bytesRead === 0) throw new ContentError('OUTPUT_FAILED', this.folder, 'temporary file has lost its end');
      done += bytesRead;
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
