/** What erased swarms left in a store, as a reader finds it: keys without an owner. */
import { blockKeyOf, decodeBlockKey, decodeExtentKey, decodeSwarmNumber, extentKey } from '../keys';
import type { Environment, Table } from '../lmdb-environment';

/**
 * Swarm numbers that extents or hash blocks stand under, though no swarm has them. A number is never used twice: those that an
 * erasure left are among them, or swept already.
 */
export function ownerlessNumbers({ extents, hashes, swarms }: Environment): number[] {
  const found = new Set([...numbersIn(extents, extentStart), ...numbersIn(hashes, blockStart)]);
  for (const { key, value } of swarms.getRange()) found.delete(decodeSwarmNumber(key, value));
  return [...found];
}

/** Those of `numbers` that a key stands under. */
export function stillThere({ extents, hashes }: Environment, numbers: readonly number[]): number[] {
  return numbers.filter((number) => {
    const extent = firstKey(extents, extentKey(number, 0));
    const block = firstKey(hashes, blockKeyOf(number, 0, 0));
    const hasExtent = extent !== undefined && decodeExtentKey(extent).swarm === number;
    return hasExtent || (block !== undefined && decodeBlockKey(block).swarm === number);
  });
}

interface NumberedKeys {
  first(number: number): Buffer;
  numberOf(key: Buffer): number;
}

const extentStart: NumberedKeys = {
  first: (number) => extentKey(number, 0),
  numberOf: (key) => decodeExtentKey(key).swarm,
};

const blockStart: NumberedKeys = {
  first: (number) => blockKeyOf(number, 0, 0),
  numberOf: (key) => decodeBlockKey(key).swarm,
};

/** The numbers in a table, each by one look: from a number's first key to the first key behind the number. */
function* numbersIn(table: Table, keys: NumberedKeys): Iterable<number> {
  let key = firstKey(table, keys.first(0));
  while (key !== undefined) {
    const number = keys.numberOf(key);
    yield number;
    key = firstKey(table, keys.first(number + 1));
  }
}

function firstKey(table: Table, start: Buffer): Buffer | undefined {
  const [key] = table.getKeys({ start, limit: 1 });
  return key;
}
