import { Counter, Gauge, type Registry } from 'prom-client';
import type { StoreTotals, StoreUsage } from './store';

/** What operators see of the cache's judgement, and of what is in memory until it is passed. One label of two values. */
export function policyMetricsIn(registry: Registry) {
  const registers = [registry];
  const metrics = {
    memoryBytes: new Gauge({
      name: 'store_memory_bytes',
      help: 'Bytes that extents in memory alone would take on disk; with what is stored never above the capacity.',
      registers,
    }),
    memoryExtents: new Gauge({ name: 'store_memory_extents', help: 'Extents held in memory alone.', registers }),
    persistedExtents: new Counter({
      name: 'store_persisted_extents_total',
      help: 'Extents written to disk after they were in memory alone.',
      registers,
    }),
    uses: new Counter({
      name: 'policy_uses_total',
      help: 'Segments that subscribers asked for, once for each pass of a subscriber, by whether they were held.',
      labelNames: ['held'] as const,
      registers,
    }),
    segments: new Gauge({ name: 'policy_segments', help: 'Segments held, on disk and in memory.', registers }),
    ghosts: new Gauge({ name: 'policy_ghosts', help: 'Segments that left and are remembered.', registers }),
    probationShare: new Gauge({
      name: 'policy_probation_share',
      help: 'Share of the capacity for what has yet to prove that it is wanted, as it is tuned now.',
      registers,
    }),
    pinnedBytes: new Gauge({ name: 'policy_pinned_bytes', help: 'Bytes of what is pinned.', registers }),
    stateBytes: new Gauge({ name: 'policy_state_bytes', help: 'Bytes of memory that the policy takes.', registers }),
  };
  for (const held of ['yes', 'no'] as const) metrics.uses.inc({ held }, 0);
  return metrics;
}

/** These metrics of one store. */
export type PolicyMetrics = ReturnType<typeof policyMetricsIn>;

/** Takes over how things stand. */
export function observePolicy(metrics: PolicyMetrics, { memoryBytes, memoryExtents, policy }: StoreUsage): void {
  metrics.memoryBytes.set(memoryBytes);
  metrics.memoryExtents.set(memoryExtents);
  metrics.segments.set(policy.segments);
  metrics.ghosts.set(policy.ghosts);
  metrics.probationShare.set(policy.probationShare);
  metrics.pinnedBytes.set(policy.pinnedBytes);
  metrics.stateBytes.set(policy.stateBytes);
}

/** Counts what happened. */
export function observeTotals(metrics: PolicyMetrics, totals: StoreTotals): void {
  metrics.persistedExtents.inc(totals.persistedExtents);
  metrics.uses.inc({ held: 'yes' }, totals.heldUses);
  metrics.uses.inc({ held: 'no' }, totals.missedUses);
}
