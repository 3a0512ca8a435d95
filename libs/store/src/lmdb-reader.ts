import { setImmediate } from 'node:timers/promises';
import type { Extent, HashBlock, SwarmId } from '@weir/ppspp';
import { validIndex, validSwarmId } from './admission';
import { StoreError } from './errors';
import {
  blockKeyOf,
  decodeBlock,
  decodeExtent,
  decodeExtentKey,
  decodeSwarm,
  decodeSwarmNumber,
  extentKey,
  summaryOf,
  swarmIdOf,
  swarmKey,
} from './keys';
import { openSliceBlocks, openSliceKeys } from './limits';
import { type Environment, type Table, openForReading } from './lmdb-environment';
import { decodeRule } from './rules/codec';
import { ownerlessNumbers, stillThere } from './rules/residue';
import type { RuleChange } from './rules/rule';
import type { OpenedSwarm, StoreReader, SwarmSummary } from './store';

/** Reads a store's directory. It is opened at the first call after a writer made it; before, it is empty. */
export class LmdbReader implements StoreReader {
  private environment: Environment | undefined;
  private closed = false;
  /** Answers under way; the database must not be closed under them. */
  private readonly pending = new Set<Promise<unknown>>();

  constructor(private readonly directory: string) {}

  swarms(): SwarmSummary[] {
    const environment = this.opened();
    if (environment === undefined) return [];
    const summaries: SwarmSummary[] = [];
    for (const { key, value } of environment.swarms.getRange()) {
      const entry = orNothing(() => decodeSwarm(swarmIdOf(key), value));
      if (entry !== undefined) summaries.push(summaryOf(entry));
    }
    return summaries;
  }

  rules(): RuleChange[] {
    const environment = this.opened();
    if (environment === undefined) return [];
    return [...environment.rules.getRange()].map(({ key, value }) => decodeRule(key, value));
  }

  leftovers(): Promise<number[]> {
    return this.underWay(async () => {
      const environment = this.opened();
      return environment === undefined ? [] : ownerlessNumbers(() => current(environment));
    });
  }

  stillThere(numbers: readonly number[]): number[] {
    const environment = this.opened();
    return environment === undefined ? [] : stillThere(environment, numbers);
  }

  holds(swarmId: SwarmId): boolean {
    const environment = this.opened();
    return environment !== undefined && orNothing(() => numberOf(environment, swarmId)) !== undefined;
  }

  open(swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
    return this.underWay(async () => {
      const environment = this.opened();
      const value = environment && valueOf(environment, swarmId);
      if (environment === undefined || value === undefined) return undefined;
      const entry = decodeSwarm(swarmId, value);
      const extents = await extentsOf(environment, entry.number);
      const blocks = await blocksOf(environment, entry.number);
      // Erased while we read: what was found is not the swarm's any more.
      const erased = numberOf(current(environment), swarmId) !== entry.number;
      return erased ? undefined : { record: entry.record, extents, blocks };
    });
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    return this.underWay(async () => {
      const environment = this.opened();
      const number = environment && numberOf(environment, swarmId);
      if (environment === undefined || number === undefined || !validIndex(index)) return undefined;
      const key = extentKey(number, index);
      await environment.extents.prefetch([key]);
      const { extents } = current(environment);
      if (numberOf(environment, swarmId) !== number) return undefined;
      const value = copyOf(extents, key);
      return value && decodeExtent(key, value);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pending);
    await this.environment?.root.close();
    this.environment = undefined;
  }

  private opened(): Environment | undefined {
    if (this.closed) throw new StoreError('STORE_CLOSED', 'The store was closed to this reader. Open another.');
    this.environment ??= openForReading(this.directory);
    return this.environment && current(this.environment);
  }

  private async underWay<Result>(work: () => Promise<Result>): Promise<Result> {
    const answer = work();
    this.pending.add(answer);
    try {
      return await answer;
    } finally {
      this.pending.delete(answer);
    }
  }
}

/** The environment at its newest state: a read transaction lives until the event loop turns. */
function current(environment: Environment): Environment {
  environment.root.resetReadTxn();
  return environment;
}

function valueOf({ swarms }: Environment, swarmId: SwarmId): Buffer | undefined {
  return validSwarmId(swarmId) ? swarms.getBinary(swarmKey(swarmId)) : undefined;
}

function numberOf(environment: Environment, swarmId: SwarmId): number | undefined {
  const value = valueOf(environment, swarmId);
  return value && decodeSwarmNumber(swarmKey(swarmId), value);
}

/** Nothing in the place of what is not what was written: whoever lists has no use for it, and who opens it is told. */
function orNothing<Answer>(decode: () => Answer): Answer | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_CORRUPT') return undefined;
    throw error;
  }
}

async function extentsOf(environment: Environment, swarm: number): Promise<number[]> {
  const indexes: number[] = [];
  const end = extentKey(swarm + 1, 0);
  for (;;) {
    const start = extentKey(swarm, (indexes.at(-1) ?? -1) + 1);
    const keys = [...current(environment).extents.getKeys({ start, end, limit: openSliceKeys })];
    for (const key of keys) indexes.push(decodeExtentKey(key).index);
    if (keys.length < openSliceKeys) return indexes;
    await setImmediate();
  }
}

async function blocksOf(environment: Environment, swarm: number): Promise<HashBlock[]> {
  const blocks: HashBlock[] = [];
  const end = blockKeyOf(swarm + 1, 0, 0);
  let start = blockKeyOf(swarm, 0, 0);
  for (;;) {
    const keys = [...current(environment).hashes.getKeys({ start, end, limit: openSliceBlocks })];
    await environment.hashes.prefetch(keys);
    const { hashes } = current(environment);
    for (const key of keys) {
      const value = copyOf(hashes, key);
      if (value !== undefined) blocks.push(decodeBlock(key, value));
    }
    const last = keys.at(-1);
    if (keys.length < openSliceBlocks || last === undefined) return blocks;
    start = Buffer.concat([last, Buffer.of(0)]);
  }
}

/** A value in memory of its own: LMDB reuses the buffer that it answers with. */
function copyOf(table: Table & { lastSize?: number }, key: Buffer): Uint8Array | undefined {
  const value = table.getBinaryFast(key);
  if (value === undefined) return undefined;
  // Its length is a property LMDB sets, not the array's own: only a part of it is as long as it says.
  const part = value.subarray(0, table.lastSize ?? value.length);
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(part.length).buffer);
  copy.set(part);
  return copy;
}
