import type { ChunkRange } from '../addressing/chunk-range';
import { nodeOfRange, widthAt } from '../addressing/node';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { invariant } from '../errors';

const wordValues = 2 ** 32;
const wordMax = wordValues - 1;
const wordBits = 32;
const bin32ChunkMax = 2 ** 31 - 1;

/** A 32-bit bin, or undefined for the empty interval, which is all ones. RFC 7574 section 4.2. */
export function readBin32(reader: Reader): ChunkRange | undefined {
  const bin = reader.u32();
  return bin === wordMax ? undefined : rangeOfBin(0, bin);
}

/**
 * A 64-bit bin, or undefined for the empty interval. A chunk beyond 2^53 - 1 is refused; "everything", and what else
 * begins at chunk 0 and reaches farther, ends there. RFC 7574 section 4.2.
 */
export function readBin64(reader: Reader): ChunkRange | undefined {
  const high = reader.u32();
  const low = reader.u32();
  if (high === wordMax && low === wordMax) return undefined;
  const range = rangeOfBin(high, low);
  if (range.first > Number.MAX_SAFE_INTEGER) reader.fail('chunk-number-too-large');
  return range.last <= Number.MAX_SAFE_INTEGER ? range : { first: range.first, last: Number.MAX_SAFE_INTEGER };
}

/** The mirror of `readBin32` and `readBin64`; only a node has a bin. */
export function writeBin(writer: Writer, range: ChunkRange, wide: boolean): void {
  const node = nodeOfRange(range);
  invariant(node !== undefined, 'a bin stands for one node of the tree');
  invariant(range.last <= (wide ? Number.MAX_SAFE_INTEGER : bin32ChunkMax), 'a bin fits its dialect');
  const { height } = node;
  // Left of the node's ones stands twice its first chunk, which has as many zeros there.
  const twice = 2 * range.first;
  const lowOnes = widthAt(Math.min(height, wordBits)) - 1;
  const highOnes = widthAt(Math.max(height - wordBits, 0)) - 1;
  if (wide) writer.u32(Math.floor(twice / wordValues) + highOnes);
  writer.u32((twice % wordValues) + lowOnes);
}

/** A bin ends with as many ones as its node is high, and what is left of them is twice its first chunk. */
function rangeOfBin(high: number, low: number): ChunkRange {
  const lowOnes = trailingOnes(low);
  const highOnes = lowOnes < wordBits ? 0 : trailingOnes(high);
  const lowRest = low - (2 ** lowOnes - 1);
  const highRest = high - (2 ** highOnes - 1);
  const first = highRest * (wordValues / 2) + lowRest / 2;
  return { first, last: first + 2 ** (lowOnes + highOnes) - 1 };
}

function trailingOnes(word: number): number {
  let ones = 0;
  for (let left = word; left % 2 === 1; left = (left - 1) / 2) ones++;
  return ones;
}
