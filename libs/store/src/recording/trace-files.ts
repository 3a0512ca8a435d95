import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { traceHeader } from '@weir/policy';
import { filesPerRecording, waitingBytesMax } from './limits';

/** Where a recording goes. */
export interface RecordingOptions {
  /** Made if it is not there. */
  readonly directory: string;
  /** Bytes that all traces in the directory may have together. */
  readonly bytesMax: number;
}

interface Current {
  readonly packed: Gzip;
  readonly file: WriteStream;
}

const namePattern = /^weir-trace-\d{8}T\d{9}Z-\d{6}\.csv\.gz$/;

/** Packed traces in a directory, each complete in itself; the oldest are erased for new ones. Whatever fails, nothing is thrown. */
export class TraceFiles {
  /** Files that could not be written. */
  failures = 0;
  private current: Current | undefined;
  private readonly ending = new Set<Promise<void>>();
  private number = 0;

  constructor(
    private readonly options: RecordingOptions,
    /** Milliseconds since 1970: names of files begin with it. */
    private readonly begun: number,
    /** Told when a file failed: what was in it may be lost. */
    private readonly failed: () => void,
  ) {}

  /** Takes lines to be written; false if there is no room for them now, or no file. */
  write(lines: Buffer): boolean {
    const { packed, file } = (this.current ??= this.open());
    if (packed.writableLength + file.writableLength + lines.length > waitingBytesMax) return false;
    packed.write(lines);
    if (file.bytesWritten >= this.fileBytesMax) this.end();
    return true;
  }

  /** What was taken goes to disk, so that a file that is never ended can be read up to there. */
  flush(): void {
    this.current?.packed.flush(constants.Z_SYNC_FLUSH);
  }

  /** Ends the file at hand: what is written next begins another. */
  end(): void {
    this.current?.packed.end();
    this.current = undefined;
  }

  /** Ends the file at hand, and waits for all of them. */
  async close(): Promise<void> {
    this.end();
    await Promise.all(this.ending);
  }

  private get fileBytesMax(): number {
    return this.options.bytesMax / filesPerRecording;
  }

  private open(): Current {
    const { directory } = this.options;
    const begun = new Date(this.begun).toISOString().replace(/[-:.]/g, '');
    const path = join(directory, `weir-trace-${begun}-${String(this.number++).padStart(6, '0')}.csv.gz`);
    const packed = createGzip();
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    packed.pipe(file);
    packed.write(`${traceHeader}\n`);
    const current = { packed, file };
    this.watch(current);
    return current;
  }

  /** A file that fails is given up; the next one is tried when there is something to write again. */
  private watch(current: Current): void {
    const ended = finished(current.file)
      .catch(() => {
        this.failures++;
        if (this.current === current) this.current = undefined;
        current.packed.destroy();
        this.failed();
      })
      .then(() => this.prune())
      .finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  /** Room for the file at hand is kept free, too. */
  private async prune(): Promise<void> {
    const { directory, bytesMax } = this.options;
    const names = (await readdir(directory).catch(() => [])).filter((name) => namePattern.test(name)).sort();
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await bytesOf(join(directory, name)) })));
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0) + this.fileBytesMax;
    for (const { name, bytes } of files) {
      if (total <= bytesMax) break;
      await rm(join(directory, name), { force: true }).catch(() => undefined);
      total -= bytes;
    }
  }
}

/** Makes the directory. False if that cannot be done. */
export async function makeRecordingDirectory(directory: string): Promise<boolean> {
  return mkdir(directory, { recursive: true, mode: 0o750 }).then(
    () => true,
    () => false,
  );
}

async function bytesOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
