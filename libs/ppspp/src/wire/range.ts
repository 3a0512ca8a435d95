import type { ChunkRange } from '../addressing/chunk-range';
import { invariant } from '../errors';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import type { Dialect } from './message';

const chunk32Max = 2 ** 32 - 1;

/** Chunk specification: two integers of the agreed width, both inclusive. RFC 7574 sections 4.1.1 and 8.5. */
export function readRange(reader: Reader, dialect: Dialect): ChunkRange {
  const wide = dialect.addressing === 'chunk64';
  const first = wide ? reader.u64() : reader.u32();
  const last = wide ? reader.u64() : reader.u32();
  if (last < first) reader.fail('range-reversed');
  return { first, last };
}

/** The mirror of `readRange`. */
export function writeRange(writer: Writer, { first, last }: ChunkRange, dialect: Dialect): void {
  const wide = dialect.addressing === 'chunk64';
  invariant(first <= last && last <= (wide ? Number.MAX_SAFE_INTEGER : chunk32Max), 'a range fits its dialect');
  if (wide) writer.u64(first).u64(last);
  else writer.u32(first).u32(last);
}
