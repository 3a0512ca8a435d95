import type { KeySpan } from './page';

/** How a tree's keys are sorted: as bytes, or, in the list of free pages, as one number of 64 bits. */
export type KeyOrder = 'bytes' | 'number';

/** Negative, zero or positive as `one` stands before, at or behind `other`. */
export function compareKeys(order: KeyOrder, one: KeySpan, other: KeySpan): number {
  return order === 'bytes' ? compareBytes(one, other) : compareNumbers(one, other);
}

function compareBytes(one: KeySpan, other: KeySpan): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const difference = (one.bytes[one.at + index] ?? 0) - (other.bytes[other.at + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Little-endian: the last byte counts most. Keys of another length than 8 bytes are in no order. */
function compareNumbers(one: KeySpan, other: KeySpan): number {
  for (let index = 7; index >= 0; index--) {
    const difference = (one.bytes[one.at + index] ?? 0) - (other.bytes[other.at + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A key in the order of bytes behind which `key` comes next, if it is there, of keys of its length. */
export function keyBefore(key: Uint8Array): Uint8Array {
  const last = key.at(-1) ?? 0;
  const begin = key.subarray(0, -1);
  return last === 0 ? begin : Buffer.concat([begin, Buffer.of(last - 1, 0xff)]);
}
