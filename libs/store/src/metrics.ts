import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { lastEnds } from './boot-mark';
import { policyMetricsIn, observePolicy, observeTotals } from './policy-metrics';
import type { RefusalReason, StoreUsage } from './store';
import type { TransactionReport } from './writer-messages';

/** From a commit that only waits for the disk's cache to one behind a slow disk: 0.5 ms to 8 s, doubling. */
const commitSecondsBuckets = Array.from({ length: 15 }, (_, step) => 0.0005 * 2 ** step);

const refusalReasons: readonly RefusalReason[] = ['full', 'too-large', 'conflict', 'malformed', 'blocked', 'policy'];

const traceOutcomes = ['recorded', 'dropped', 'no-room'] as const;

/**
 * What operators see of the store. Three labels: the reason of a refusal, of six values, how the run before ended, of five, and
 * what became of a request to be recorded, of three.
 */
export function createStoreMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    policy: policyMetricsIn(registry),
    ...byteGauges(registers),
    extents: new Gauge({ name: 'store_extents', help: 'Extents held.', registers }),
    swarms: new Gauge({ name: 'store_swarms', help: 'Swarms with at least one extent held.', registers }),
    writtenExtents: new Counter({
      name: 'store_written_extents_total',
      help: 'Extents written that were not held before.',
      registers,
    }),
    evictedExtents: new Counter({
      name: 'store_evicted_extents_total',
      help: 'Extents that left to make room.',
      registers,
    }),
    refusedExtents: new Counter({
      name: 'store_refused_extents_total',
      help: 'Extents that were not written, by reason. `full` means the disk is below its reserve.',
      labelNames: ['reason'] as const,
      registers,
    }),
    ...traceCounters(registers),
    starts: new Counter({
      name: 'store_starts_total',
      help: 'Starts of the store, by how the run before ended. After `crashed` or `unknown` its file is not believed.',
      labelNames: ['after'] as const,
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'store_commit_seconds',
      help: 'Time of the transactions that commit what clients sent; its count is that of the commits.',
      buckets: commitSecondsBuckets,
      registers,
    }),
  };
  for (const reason of refusalReasons) metrics.refusedExtents.inc({ reason }, 0);
  for (const after of lastEnds) metrics.starts.inc({ after }, 0);
  return metrics;
}

/** How much there is, and may be. */
function byteGauges(registers: Registry[]) {
  return {
    storedBytes: new Gauge({
      name: 'store_stored_bytes',
      help: 'Bytes on disk by our account, in whole pages; leftovers of erased swarms included until they are swept.',
      registers,
    }),
    capacityBytes: new Gauge({
      name: 'store_capacity_bytes',
      help: 'Bytes the store may hold, as configured.',
      registers,
    }),
    usableBytes: new Gauge({
      name: 'store_usable_bytes',
      help: 'Bytes the store may hold as the disk is now: the capacity, or less where others take its room.',
      registers,
    }),
  };
}

/** Of a recording. */
function traceCounters(registers: Registry[]) {
  const counters = {
    traceRequests: new Counter({
      name: 'store_trace_requests_total',
      help: 'Requests of subscribers while a trace is recorded. What comes faster than it can be written is `dropped`; `no-room`: it would take of the 5 % of the disk that stay free.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    traceFailures: new Counter({
      name: 'store_trace_failures_total',
      help: 'Files of a recorded trace that could not be written. Recording goes on in another a minute later.',
      registers,
    }),
  };
  for (const outcome of traceOutcomes) counters.traceRequests.inc({ outcome }, 0);
  return counters;
}

/** The metrics of one store. */
export type StoreMetrics = ReturnType<typeof createStoreMetrics>;

/** Takes over how full the store is. */
export function observeUsage(metrics: StoreMetrics, usage: StoreUsage): void {
  metrics.storedBytes.set(usage.storedBytes);
  metrics.capacityBytes.set(usage.capacityBytes);
  metrics.usableBytes.set(usage.usableBytes);
  metrics.extents.set(usage.extents);
  metrics.swarms.set(usage.swarms);
  observePolicy(metrics.policy, usage);
}

/** Counts one transaction. */
export function observeTransaction(metrics: StoreMetrics, report: TransactionReport): void {
  metrics.commitSeconds.observe(report.seconds);
  metrics.writtenExtents.inc(report.written);
  metrics.evictedExtents.inc(report.evicted);
  observeTotals(metrics.policy, report.totals);
  for (const reason of refusalReasons) metrics.refusedExtents.inc({ reason }, report.refused[reason]);
  const { recorded = 0, dropped = 0, noRoom = 0, failures = 0 } = report.recording ?? {};
  metrics.traceRequests.inc({ outcome: 'recorded' }, recorded);
  metrics.traceRequests.inc({ outcome: 'dropped' }, dropped);
  metrics.traceRequests.inc({ outcome: 'no-room' }, noRoom);
  metrics.traceFailures.inc(failures);
}
