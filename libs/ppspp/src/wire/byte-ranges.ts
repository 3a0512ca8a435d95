import type { ChunkRange } from '../addressing/chunk-range';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { invariant } from '../errors';
import { chunkSizeGuess } from './codes';
import type { Dialect } from './message';

/**
 * How bytes become chunks. `held`: the chunks that lie within them, so that nobody is taken to have, or to give up, more
 * than he said; `wanted`: those that they touch; `exact`: they must begin where a chunk does.
 *
 * Everywhere the last chunk may be named as long as it is, or as long as a chunk is.
 */
export type Rounding = 'held' | 'wanted' | 'exact';

/** A range of bytes, both ends inclusive. RFC 7574 section 4.1.2. */
interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Two byte offsets of 64 bits. Refuses those beyond 2^53 - 1, and a range that ends before it begins. */
export function readBytes(reader: Reader): ByteRange {
  const first = reader.u64();
  const last = reader.u64();
  if (last < first) reader.fail('range-reversed');
  return { first, last };
}

/** The chunks of a range of bytes, or undefined where it holds none. RFC 7574 section 4.1.2. */
export function chunksOfBytes(bytes: ByteRange, dialect: Dialect, rounding: Rounding): ChunkRange | undefined {
  const chunkSize = chunkBytes(dialect);
  const before = Math.floor(bytes.first / chunkSize);
  const isCut = bytes.first > before * chunkSize;
  if (isCut && rounding === 'exact') return undefined;
  const first = isCut && rounding === 'held' ? before + 1 : before;
  const reached = Math.floor(bytes.last / chunkSize);
  const last = rounding === 'held' && !endsChunk(bytes.last, dialect) ? reached - 1 : reached;
  return last < first ? undefined : { first, last };
}

/** The bytes of these chunks, up to the content's end where that is known. */
export function writeByteRange(writer: Writer, { first, last }: ChunkRange, dialect: Dialect): void {
  const chunkSize = chunkBytes(dialect);
  const from = first * chunkSize;
  const end = Math.min((last + 1) * chunkSize, Math.max(dialect.contentBytes ?? Infinity, from + 1));
  writeBytes(writer, { first: from, last: end - 1 });
}

/** The bytes of one chunk that has `length` of them. */
export function writeChunkBytes(writer: Writer, chunk: number, length: number, dialect: Dialect): void {
  const first = chunk * chunkBytes(dialect);
  writeBytes(writer, { first, last: first + length - 1 });
}

function writeBytes(writer: Writer, { first, last }: ByteRange): void {
  invariant(first <= last && last <= Number.MAX_SAFE_INTEGER, 'a range fits its dialect');
  writer.u64(first).u64(last);
}

/** A content of unknown size may end anywhere: nobody has a part of a chunk, so that it ends where somebody's bytes do. */
function endsChunk(last: number, dialect: Dialect): boolean {
  return (last + 1) % chunkBytes(dialect) === 0 || last + 1 >= (dialect.contentBytes ?? 0);
}

function chunkBytes({ chunkSize = chunkSizeGuess }: Dialect): number {
  return chunkSize;
}
