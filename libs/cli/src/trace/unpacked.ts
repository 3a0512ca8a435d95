import { createGunzip } from 'node:zlib';

/** Longest end of a line that is held back until it is known whether more comes; longer, it is no line of a trace. */
const heldBytesMax = 65_536;

const lineEnd = 0x0a;

/**
 * Unpacks gzip, one member or several. What ends too early, as what a process left that was killed, ends with its last whole line: who
 * could say what the next one was to be. Then `onCut` is told. Throws what zlib does for what is damaged.
 */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  portionBytes: number,
  onCut: () => void,
): AsyncGenerator<Uint8Array> {
  const lines = new WholeLines();
  const unpacking = new Unpacking(portionBytes);
  try {
    for await (const portion of packed) {
      await unpacking.write(portion);
      for (const bytes of unpacking.take()) yield* lines.of(bytes);
    }
    const isWhole = await unpacking.end();
    for (const bytes of unpacking.take()) yield* lines.of(bytes);
    if (isWhole) yield lines.rest;
    else onCut();
  } finally {
    unpacking.destroy();
  }
}

/** zlib's stream, whose output is taken before it is asked for more: at its failure nothing of it is lost. */
class Unpacking {
  private readonly gunzip;
  private portions: Buffer[] = [];
  private failure: Error | undefined;
  /** zlib ends by itself at zeros behind a member, which fill up blocks of a tape or a disk: nothing comes after them. */
  private ended = false;
  private settle: () => void = () => undefined;

  constructor(portionBytes: number) {
    this.gunzip = createGunzip({ chunkSize: portionBytes });
    this.gunzip.on('data', (portion: Buffer) => this.portions.push(portion));
    this.gunzip.on('error', (error) => {
      this.failure = error;
      this.settle();
    });
    this.gunzip.on('end', () => {
      this.ended = true;
      this.settle();
    });
  }

  /** Resolves when all of it is unpacked. */
  async write(portion: Uint8Array): Promise<void> {
    if (this.ended) return;
    await this.settled(() => this.gunzip.write(portion, () => this.settle()));
    if (this.failure !== undefined) throw this.failure;
  }

  /** False if there should be more. */
  async end(): Promise<boolean> {
    if (this.ended) return true;
    await this.settled(() => this.gunzip.end());
    if (this.failure === undefined) return true;
    if ('code' in this.failure && this.failure.code === 'Z_BUF_ERROR') return false;
    throw this.failure;
  }

  take(): Buffer[] {
    const taken = this.portions;
    this.portions = [];
    return taken;
  }

  destroy(): void {
    this.gunzip.destroy();
  }

  private async settled(work: () => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.settle = resolve;
      work();
    });
  }
}

/** Passes lines on as they come, but for the end of the last one. */
class WholeLines {
  rest: Uint8Array = new Uint8Array();

  *of(bytes: Uint8Array): Iterable<Uint8Array> {
    const end = bytes.lastIndexOf(lineEnd) + 1;
    if (end > 0) {
      yield this.rest;
      yield bytes.subarray(0, end);
      this.rest = bytes.slice(end);
    } else if (this.rest.length + bytes.length <= heldBytesMax) this.rest = Buffer.concat([this.rest, bytes]);
    else {
      yield this.rest;
      this.rest = bytes;
    }
  }
}
