import { Counter, type Registry } from 'prom-client';
import type { ProbeOutcome } from './prober';

/** What a tracker counts of its proofs of addresses. Labels come from closed sets only. */
export function createProbeMetrics(registry: Registry) {
  const registers = [registry];
  return {
    probes: new Counter<'outcome'>({
      name: 'ppstp_tracker_probes_total',
      help: 'Addresses that peers registered and that were to be proven by a PPSPP handshake, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

/** Counts outcomes. */
export type ProbeMetrics = ReturnType<typeof createProbeMetrics>;

/** What is done with each outcome. */
export function countProbes({ probes }: ProbeMetrics): (outcome: ProbeOutcome) => void {
  return (outcome) => probes.inc({ outcome });
}
