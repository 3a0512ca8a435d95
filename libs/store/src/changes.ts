import type { CommitResult, Erasure, ExtentRef, Refusal, Remainder } from './store';

/** What a batch has done so far. */
export interface Changes {
  readonly written: ExtentRef[];
  readonly evicted: ExtentRef[];
  readonly erased: Erasure[];
  readonly left: Remainder[];
  readonly refused: Refusal[];
}

/** Nothing yet. */
export function noChanges(): Changes {
  return { written: [], evicted: [], erased: [], left: [], refused: [] };
}

/** The answer to a batch. */
export function resultOf({ left, ...changes }: Changes, storedBytes: number): CommitResult {
  return { ...changes, ...(left.length > 0 && { left }), storedBytes };
}
