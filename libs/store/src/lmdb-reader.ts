import type { Extent, SwarmId } from '@weir/ppspp';
import { validIndex, validSwarmId } from './admission';
import { copyOf } from './copy-of';
import { DirectReader } from './direct-reader';
import { StoreError } from './errors';
import { decodeExtent, decodeSwarm, extentKey, summaryOf, swarmIdOf, swarmKey } from './keys';
import { type Environment, closeEnvironment, current, openForReading } from './lmdb-environment';
import { numberOf, openSwarm } from './open-swarm';
import { decodeRule } from './rules/codec';
import { ownerlessNumbers, stillThere } from './rules/residue';
import type { RuleChange } from './rules/rule';
import type { OpenedSwarm, StoreReader, SwarmSummary } from './store';

/** Reads a store's directory. It is opened at the first call after a writer made it; before, it is empty. */
export class LmdbReader implements StoreReader {
  private environment: Environment | undefined;
  private direct: DirectReader | undefined;
  private closed = false;
  /** Answers under way; the database must not be closed under them. */
  private readonly pending = new Set<Promise<unknown>>();

  constructor(private readonly directory: string) {}

  swarms(): SwarmSummary[] {
    return this.list(({ swarms }) => [...swarms.getRange()].flatMap(({ key, value }) => summary(key, value)));
  }

  rules(): RuleChange[] {
    return this.list(({ rules }) => [...rules.getRange()].map(({ key, value }) => decodeRule(key, value)));
  }

  leftovers(): Promise<number[]> {
    return Promise.resolve().then(() => this.list(ownerlessNumbers));
  }

  stillThere(numbers: readonly number[]): number[] {
    return this.list((environment) => stillThere(environment, numbers));
  }

  holds(swarmId: SwarmId): boolean {
    const environment = this.opened();
    return (
      environment?.guard.read(() => orNothing(() => numberOf(current(environment), swarmId)) !== undefined) ?? false
    );
  }

  open(swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
    return this.underWay((environment) => openSwarm(environment, swarmId));
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    return this.underWay(
      async (environment) => (await this.direct?.read(swarmId, index)) ?? readByLmdb(environment, swarmId, index),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.pending);
    const { environment, direct } = this;
    this.environment = undefined;
    this.direct = undefined;
    direct?.close();
    if (environment !== undefined) await closeEnvironment(environment);
  }

  private list<Item>(list: (environment: Environment) => Item[]): Item[] {
    const environment = this.opened();
    return environment?.guard.read(() => list(current(environment))) ?? [];
  }

  private opened(): Environment | undefined {
    if (this.closed) throw new StoreError('STORE_CLOSED', 'The store was closed to this reader. Open another.');
    if (this.environment === undefined) {
      this.environment = openForReading(this.directory);
      this.direct = this.environment && DirectReader.open(this.environment.file);
    }
    return this.environment;
  }

  /** Undefined while there is no store. */
  private async underWay<Result>(work: (environment: Environment) => Promise<Result>): Promise<Result | undefined> {
    const environment = this.opened();
    if (environment === undefined) return undefined;
    const answer = work(environment);
    this.pending.add(answer);
    try {
      return await answer;
    } finally {
      this.pending.delete(answer);
    }
  }
}

/** What is there, or is not, by LMDB's own word; a page that is not in memory is touched on another thread first. */
async function readByLmdb(environment: Environment, swarmId: SwarmId, index: number): Promise<Extent | undefined> {
  if (!validIndex(index) || !validSwarmId(swarmId)) return undefined;
  const { guard, swarms, extents } = environment;
  await guard.warm(() => swarms.prefetch([swarmKey(swarmId)]));
  const number = guard.read(() => numberOf(current(environment), swarmId));
  if (number === undefined) return undefined;
  const key = extentKey(number, index);
  await guard.warm(() => extents.prefetch([key]));
  const value = guard.read(() => {
    const isSame = numberOf(current(environment), swarmId) === number;
    return isSame ? copyOf(extents, key) : undefined;
  });
  return value && decodeExtent(key, value);
}

function summary(key: Buffer, value: Buffer): SwarmSummary[] {
  const entry = orNothing(() => decodeSwarm(swarmIdOf(key), value));
  return entry === undefined ? [] : [summaryOf(entry)];
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
