import { StoreError } from './errors';
import type { Keeper } from './keeper';
import type { Ledger } from './ledger';
import type { StoreUsage } from './store';

/** What a writer says of itself, but for its bounds. */
export function usageOf(ledger: Ledger, { policy, totals }: Keeper): Omit<StoreUsage, 'capacityBytes' | 'usableBytes'> {
  const { storedBytes, memoryBytes, diskExtents, memoryExtents, swarmCount: swarms } = ledger;
  const { segments, ghosts, probationShare, pinnedBytes, stateBytes } = policy;
  return {
    ...{ storedBytes, memoryBytes },
    ...{ swarms, extents: diskExtents + memoryExtents, memoryExtents },
    policy: { segments, ghosts, probationShare, pinnedBytes, stateBytes },
    totals,
  };
}

/** A transaction failed: what whoever asked for it is told. */
export function failureOf(cause: unknown): StoreError {
  if (cause instanceof StoreError && cause.code === 'STORE_UNREADABLE') return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const remedy = `The database refused a transaction (${reason}). Check the disk and its free space.`;
  return new StoreError('STORE_FAILED', remedy, {}, { cause });
}
