import type { SwarmId, SwarmRecord } from '@weir/ppspp';
import type { RuleChange } from '../rules/rule';
import type { StoreReader } from '../store';

/** What a look into the store found of a swarm. */
export interface FoundSwarm {
  readonly record: SwarmRecord;
  /** Extents, those included that the asker knows to be in memory. */
  readonly extents: number;
  readonly hashBlocks: number;
}

/** Looks into a store for those who have to count on what it finds: an answer is all of the truth, or a rejection with a `StoreError`. */
export interface StoreWitness {
  /** See `StoreReader.rules`. */
  rules(): Promise<RuleChange[]>;

  /** Undefined for a swarm that is not stored; `inMemory` are the indexes of its extents that are held, but may not be on disk. */
  find(swarmId: SwarmId, inMemory: readonly number[]): Promise<FoundSwarm | undefined>;

  /** See `StoreReader.leftovers`. */
  leftovers(): Promise<number[]>;

  /** See `StoreReader.stillThere`. */
  stillThere(numbers: readonly number[]): Promise<number[]>;
}

/** One that reads by itself, and so keeps its thread from everything else while it waits for the disk. */
export function witnessBy(reader: StoreReader): StoreWitness {
  return {
    rules: async () => Promise.resolve(reader.rules()),
    find: async (swarmId, inMemory) => {
      const opened = await reader.open(swarmId);
      if (opened === undefined) return undefined;
      const { record, extents, blocks } = opened;
      return { record, extents: new Set([...extents, ...inMemory]).size, hashBlocks: blocks.length };
    },
    leftovers: () => reader.leftovers(),
    stillThere: async (numbers) => Promise.resolve(reader.stillThere(numbers)),
  };
}
