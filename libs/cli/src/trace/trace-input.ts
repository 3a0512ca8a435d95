import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { reasonOf } from '../content/errors';
import { UsageError } from '../errors';
import { unpacked } from './unpacked';

/** Bytes that are read, and unpacked, at a time. */
const portionBytes = 262_144;

/** What stands for the standard input. */
const stdinName = '-';

/** The name that messages have for a trace. */
export function traceName(path: string): string {
  return path === stdinName ? 'stdin' : path;
}

/** Bytes of the traces' files; undefined if one of them is no file. Rejects with a `UsageError` for one that is not there. */
export async function inputBytes(paths: readonly string[]): Promise<number | undefined> {
  let bytes: number | undefined = 0;
  for (const path of paths) {
    const size = path === stdinName ? undefined : await fileBytes(path);
    bytes = size === undefined || bytes === undefined ? undefined : bytes + size;
  }
  return bytes;
}

async function fileBytes(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) throw new UsageError(`${path}: it is a folder; name the traces in it`);
  return found.isFile() ? found.size : undefined;
}

/** Who hears how a trace is read. */
export interface TraceReading {
  /** Told of bytes as they are read. */
  readonly seen: (bytes: number) => void;
  /** Told of a packed trace that ends too early. */
  readonly cut: (name: string) => void;
}

/**
 * The bytes of a trace, unpacked if they begin as gzip does, whatever the name says. A packed one that ends too early, as what a
 * process left that was killed, ends with its last whole line.
 */
export async function* readTrace(
  path: string,
  stdin: AsyncIterable<unknown>,
  { seen, cut }: TraceReading,
): AsyncGenerator<Uint8Array> {
  const source = path === stdinName ? stdin : createReadStream(path, { highWaterMark: portionBytes });
  const [beginning, whole] = await peeked(counted(path, source, seen));
  if (beginning[0] !== 0x1f || beginning[1] !== 0x8b) {
    yield* whole;
    return;
  }
  try {
    yield* unpacked(whole, portionBytes, () => cut(traceName(path)));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${traceName(path)}: begins as gzip does, and is damaged: ${reasonOf(error)}`);
  }
}

async function* counted(
  path: string,
  source: AsyncIterable<unknown>,
  seen: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const portion of source) {
      const bytes = Buffer.isBuffer(portion) ? portion : Buffer.from(String(portion));
      seen(bytes.length);
      yield bytes;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** At least two bytes, if there are as many, and all bytes, these included. */
async function peeked(bytes: AsyncGenerator<Buffer>): Promise<[Buffer, AsyncGenerator<Buffer>]> {
  let beginning = Buffer.alloc(0);
  while (beginning.length < 2) {
    const next = await bytes.next();
    if (next.done === true) break;
    beginning = Buffer.concat([beginning, next.value]);
  }
  return [beginning, joined(beginning, bytes)];
}

async function* joined(beginning: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (beginning.length > 0) yield beginning;
  yield* rest;
}

function unreadable(path: string, error: unknown): UsageError {
  return new UsageError(`trace ${JSON.stringify(path)}: cannot be read: ${reasonOf(error)}`);
}
