/**
 * Everything of a swarm but its content, as a reader finds it. Each page is touched on another thread before it is read here, so that
 * the event loop never waits for the disk, and it runs in between, however large the swarm is.
 */
import { type HashBlock, type SwarmId, extentChunks } from '@weir/ppspp';
import { validSwarmId } from './admission';
import { copyOf } from './copy-of';
import {
  type SwarmEntry,
  blockKeyOf,
  decodeBlock,
  decodeBlockKey,
  decodeExtentKey,
  decodeSwarm,
  decodeSwarmNumber,
  extentKey,
  swarmKey,
} from './keys';
import { openSliceBlocks, openSliceKeys, tiersMax } from './limits';
import { type Environment, type Table, current } from './lmdb-environment';
import type { OpenedSwarm } from './store';

/** Keys between two that are touched: a leaf of the tree holds more, but for the few that were just emptied. */
const probeStride = 20;

/** An index of a hash block has 48 bits. */
const indexesPerTier = 2 ** 48;

/** A run of numbered keys of one table. */
interface Run {
  readonly table: 'extents' | 'hashes';
  /** First number behind the run. */
  readonly end: number;
  /** Numbers that are read at a time. */
  readonly slice: number;
  key(index: number): Buffer;
  indexOf(key: Buffer): number;
}

/** A swarm's number, of its record as it is now; undefined for a swarm that is not held. */
export function numberOf({ swarms }: Environment, swarmId: SwarmId): number | undefined {
  const value = validSwarmId(swarmId) ? swarms.getBinary(swarmKey(swarmId)) : undefined;
  return value && decodeSwarmNumber(swarmKey(swarmId), value);
}

/** Reads a swarm. Rejects with STORE_UNREADABLE if the disk does not give all of it. */
export async function openSwarm(environment: Environment, swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
  const entry = await entryOf(environment, swarmId);
  if (entry === undefined) return undefined;
  const extents = await extentsOf(environment, entry);
  const blocks = await blocksOf(environment, entry);
  await touch(environment, 'swarms', [swarmKey(swarmId)]);
  // Erased while we read: what was found is not the swarm's any more.
  const number = environment.guard.read(() => numberOf(current(environment), swarmId));
  return number === entry.number ? { record: entry.record, extents, blocks } : undefined;
}

async function entryOf(environment: Environment, swarmId: SwarmId): Promise<SwarmEntry | undefined> {
  if (!validSwarmId(swarmId)) return undefined;
  const key = swarmKey(swarmId);
  await touch(environment, 'swarms', [key]);
  const value = environment.guard.read(() => current(environment).swarms.getBinary(key));
  return value && decodeSwarm(swarmId, value);
}

async function extentsOf(environment: Environment, { number, record }: SwarmEntry): Promise<number[]> {
  const run: Run = {
    table: 'extents',
    end: Math.ceil(record.chunkCount / extentChunks),
    slice: openSliceKeys,
    key: (index) => extentKey(number, index),
    indexOf: (key) => decodeExtentKey(key).index,
  };
  const indexes: number[] = [];
  for await (const keys of slices(environment, run)) for (const key of keys) indexes.push(run.indexOf(key));
  return indexes;
}

async function blocksOf(environment: Environment, { number }: SwarmEntry): Promise<HashBlock[]> {
  const blocks: HashBlock[] = [];
  // All tiers are one run: a position is a tier and an index.
  const run: Run = {
    table: 'hashes',
    end: (tiersMax + 1) * indexesPerTier,
    slice: openSliceBlocks,
    key: (position) => blockKeyOf(number, Math.floor(position / indexesPerTier), position % indexesPerTier),
    indexOf: (key) => {
      const { tier, index } = decodeBlockKey(key);
      return tier * indexesPerTier + index;
    },
  };
  for await (const keys of slices(environment, run)) {
    await touch(environment, 'hashes', keys);
    blocks.push(...environment.guard.read(() => blocksAt(current(environment).hashes, keys)));
  }
  return blocks;
}

function blocksAt(hashes: Table, keys: readonly Buffer[]): HashBlock[] {
  return keys.flatMap((key) => {
    const value = copyOf(hashes, key);
    return value === undefined ? [] : [decodeBlock(key, value)];
  });
}

/** The keys that there are of a run, some at a time. Where there are none for long, it goes on at the next one. */
async function* slices(environment: Environment, run: Run): AsyncIterable<Buffer[]> {
  let from = 0;
  while (from < run.end) {
    const to = Math.min(run.end, from + run.slice);
    await touch(environment, run.table, probes(run, from, to));
    const keys = keysBetween(environment, run, { from, to });
    if (keys.length > 0) yield keys;
    const [next] = keys.length > 0 ? [] : keysBetween(environment, run, { from: to, to: run.end, limit: 1 });
    from = keys.length > 0 ? to : next === undefined ? run.end : run.indexOf(next);
  }
}

function keysBetween(
  environment: Environment,
  run: Run,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit?: number },
): Buffer[] {
  const range = { start: run.key(from), end: run.key(to), ...(limit === undefined ? {} : { limit }) };
  return environment.guard.read(() => [...current(environment)[run.table].getKeys(range)]);
}

/** Keys that are not there, each beside one that may be: looking for them touches the tree and no value. */
function probes(run: Run, from: number, to: number): Buffer[] {
  const keys: Buffer[] = [];
  for (let index = from; index < to; index += probeStride) keys.push(Buffer.concat([run.key(index), Buffer.of(0)]));
  keys.push(Buffer.concat([run.key(to), Buffer.of(0)]));
  return keys;
}

function touch(environment: Environment, table: 'swarms' | 'extents' | 'hashes', keys: Buffer[]): Promise<void> {
  return environment.guard.warm(() => environment[table].prefetch(keys));
}
