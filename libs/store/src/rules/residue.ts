/** What erased swarms left in a store, as a reader finds it: keys without an owner. */
import { setImmediate } from 'node:timers/promises';
import { blockKeyOf, decodeBlockKey, decodeExtentKey, decodeSwarmNumber, extentKey } from '../keys';
import { openSliceBlocks } from '../limits';
import type { Environment, Table } from '../lmdb-environment';

/**
 * Swarm numbers that extents or hash blocks stand under, though no swarm has them. A number is never used twice: those that an
 * erasure left are among them, or swept already. `newest` answers the environment at its newest state.
 */
export async function ownerlessNumbers(newest: () => Environment): Promise<number[]> {
  const found = new Set<number>();
  // Owners are read last: a swarm that comes meanwhile has its record by then.
  for await (const number of numbersIn(() => newest().extents, extentStart)) found.add(number);
  for await (const number of numbersIn(() => newest().hashes, blockStart)) found.add(number);
  for (const { key, value } of newest().swarms.getRange()) found.delete(decodeSwarmNumber(key, value));
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
async function* numbersIn(table: () => Table, keys: NumberedKeys): AsyncIterable<number> {
  let next = 0;
  for (let looks = 1; ; looks++) {
    const key = firstKey(table(), keys.first(next));
    if (key === undefined) return;
    const number = keys.numberOf(key);
    yield number;
    next = number + 1;
    if (looks % openSliceBlocks === 0) await setImmediate();
  }
}

function firstKey(table: Table, start: Buffer): Buffer | undefined {
  const [key] = table.getKeys({ start, limit: 1 });
  return key;
}
