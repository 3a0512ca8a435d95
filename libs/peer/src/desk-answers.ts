import type { Remainder } from '@weir/store';

/** What a look into the store found of a swarm. */
export interface FoundContent {
  readonly record: boolean;
  readonly extents: number;
  readonly hashBlocks: number;
  /** Extents in the memory for probation. */
  readonly memoryExtents: number;
  /** Of a swarm that has a record. */
  readonly chunkCount?: number;
  readonly contentBytes?: number | undefined;
  readonly chunkSize?: number;
}

/** What an erasure did. */
export interface ErasedSwarms {
  /** How many of the swarms the store had. */
  readonly count: number;
  /** What is still on disk of those that are blocked: see `CommitResult.left`. */
  readonly left: readonly Remainder[];
}
