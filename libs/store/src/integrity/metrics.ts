import { Counter, Gauge, type Registry } from 'prom-client';
import { type Finding, damageKinds } from './finding';
import type { PageReport } from './inspect-pages';

/** What operators see of the store's integrity. One label, the kind of damage, of eight values. */
export function createIntegrityMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    damage: new Counter({
      name: 'store_damage_total',
      help: 'Damage found in the store since the start, by kind. None of it was served; a disk that goes on like that is to be replaced.',
      labelNames: ['kind'] as const,
      registers,
    }),
    scrubbedBytes: new Counter({
      name: 'store_scrubbed_bytes_total',
      help: 'Bytes that the scrub read and checked.',
      registers,
    }),
    scrubProgress: new Gauge({
      name: 'store_scrub_progress_ratio',
      help: 'How far the pass of the scrub has come, an estimate; 0 between two passes.',
      registers,
    }),
    scrubEnded: new Gauge({
      name: 'store_scrub_ended_seconds',
      help: 'When the last pass of the scrub ended, in Unix seconds; 0 before the first.',
      registers,
    }),
    inspectionSeconds: new Gauge({
      name: 'store_inspection_seconds',
      help: 'How long the structure of the data file was inspected at the start, before it was opened.',
      registers,
    }),
  };
  for (const kind of damageKinds) metrics.damage.inc({ kind }, 0);
  return metrics;
}

/** The metrics of one store's integrity. */
export type IntegrityMetrics = ReturnType<typeof createIntegrityMetrics>;

/** Counts damage. */
export function observeFindings(metrics: IntegrityMetrics, findings: readonly Finding[]): void {
  for (const { kind } of findings) metrics.damage.inc({ kind });
}

/** Takes over what the inspection at the start told. */
export function observeInspection(metrics: IntegrityMetrics, report: PageReport | undefined): void {
  metrics.inspectionSeconds.set(report?.seconds ?? 0);
}
