import type { Extent, HashBlock, HashFunction, SwarmId } from '@weir/ppspp';
import type { SwarmEntry } from './keys';
import type { RuleChange } from './rules/rule';

/** What a sweep removed of one swarm number. */
export interface Swept {
  readonly extents: readonly number[];
  readonly blocks: number;
  /** Nothing of the swarm is left. */
  readonly done: boolean;
}

/** Where an extent's key stands. */
export interface ExtentPlace {
  readonly swarm: number;
  readonly index: number;
}

/** Where a hash block's key stands. */
export interface BlockPosition extends ExtentPlace {
  readonly tier: number;
}

/** The databases as a writer sees them. Only `atomically` commits; what it runs may call everything else. */
export interface Tables {
  /** All of `work`, durable when this returns, or nothing. */
  atomically<Result>(work: () => Result): Result;
  nextSwarm(): number;
  setNextSwarm(number: number): void;
  swarms(): Iterable<SwarmEntry>;
  putSwarm(entry: SwarmEntry): void;
  removeSwarm(swarmId: SwarmId): void;
  extentPlaces(): Iterable<ExtentPlace>;
  putExtent(swarm: number, extent: Extent, hash: HashFunction): void;
  removeExtent(swarm: number, index: number): void;
  blockPositions(): Iterable<BlockPosition>;
  putBlock(swarm: number, block: HashBlock): void;
  rules(): Iterable<RuleChange>;
  putRule(change: RuleChange): void;
  /** What `keepPolicy` was given last; undefined if nothing was. */
  policy(): Uint8Array | undefined;
  keepPolicy(state: Uint8Array): void;
  /** Removes up to `keysMax` extents and blocks of a swarm number. */
  sweep(swarm: number, keysMax: number): Swept;
  /** Whether pages in which nothing is stored can be given back to the disk. */
  readonly returns: boolean;
  /** Gives back about `bytes`, or as much as there is and as a few milliseconds can; how much that was. Not within `atomically`. */
  giveBack(bytes: number): number;
  close(): Promise<void>;
}
