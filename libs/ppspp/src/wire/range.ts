import type { ChunkRange } from '../addressing/chunk-range';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { invariant } from '../errors';
import { readBin32, readBin64, writeBin } from './bins';
import { chunksOfBytes, readBytes, writeByteRange, writeChunkBytes, type Rounding } from './byte-ranges';
import type { Dialect } from './message';

const chunk32Max = 2 ** 32 - 1;

/** A chunk, or chunks, with the bytes that they have by what the sender says. */
export interface Span {
  readonly range: ChunkRange;
  /** Infinity where only the datagram's end tells. */
  readonly bytesMax: number;
}

/**
 * A chunk specification in its dialect, or undefined for one that holds no chunk: the empty bin, or a part of a chunk.
 * RFC 7574 sections 4.1, 4.2 and 8.5.
 */
export function readRange(reader: Reader, dialect: Dialect, rounding: Rounding): ChunkRange | undefined {
  switch (dialect.addressing) {
    case 'chunk32':
      return orderly(reader, reader.u32(), reader.u32());
    case 'chunk64':
      return orderly(reader, reader.u64(), reader.u64());
    case 'bin32':
      return readBin32(reader);
    case 'bin64':
      return readBin64(reader);
    case 'byte64':
      return chunksOfBytes(readBytes(reader), dialect, rounding);
  }
}

/** A chunk specification that must hold what it names: of INTEGRITY. Refuses one without a whole chunk. */
export function readExactRange(reader: Reader, dialect: Dialect): ChunkRange {
  return exactly(reader, readRange(reader, dialect, 'exact'));
}

/** The chunk specification of DATA. RFC 7574 section 8.6. */
export function readSpan(reader: Reader, dialect: Dialect): Span {
  if (dialect.addressing !== 'byte64') {
    const range = readExactRange(reader, dialect);
    return { range, bytesMax: wholeBytes(range, dialect) };
  }
  const bytes = readBytes(reader);
  const range = exactly(reader, chunksOfBytes(bytes, dialect, 'exact'));
  return { range, bytesMax: bytes.last - bytes.first + 1 };
}

/** The mirror of `readRange`. In bins, `range` is one node; who has others to tell of takes several messages. */
export function writeRange(writer: Writer, range: ChunkRange, dialect: Dialect): void {
  switch (dialect.addressing) {
    case 'chunk32':
      invariant(range.first <= range.last && range.last <= chunk32Max, 'a range fits its dialect');
      writer.u32(range.first).u32(range.last);
      break;
    case 'chunk64':
      invariant(range.first <= range.last && range.last <= Number.MAX_SAFE_INTEGER, 'a range fits its dialect');
      writer.u64(range.first).u64(range.last);
      break;
    case 'bin32':
      writeBin(writer, range, false);
      break;
    case 'bin64':
      writeBin(writer, range, true);
      break;
    case 'byte64':
      writeByteRange(writer, range, dialect);
  }
}

/** The mirror of `readSpan`, for a chunk of `length` bytes. */
export function writeSpan(writer: Writer, range: ChunkRange, length: number, dialect: Dialect): void {
  if (dialect.addressing === 'byte64') writeChunkBytes(writer, range.first, length, dialect);
  else writeRange(writer, range, dialect);
}

/** Bytes of full chunks, or Infinity while the size of a chunk is unproven. */
export function wholeBytes({ first, last }: ChunkRange, { chunkSize }: Dialect): number {
  return chunkSize === undefined ? Infinity : (last - first + 1) * chunkSize;
}

function orderly(reader: Reader, first: number, last: number): ChunkRange {
  if (last < first) reader.fail('range-reversed');
  return { first, last };
}

function exactly(reader: Reader, range: ChunkRange | undefined): ChunkRange {
  if (range === undefined) reader.fail('range-without-chunk');
  return range ?? { first: 0, last: 0 };
}
