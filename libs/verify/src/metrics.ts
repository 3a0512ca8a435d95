import { Counter, Histogram, type Registry } from 'prom-client';

/** From one extent on an idle machine to one behind a full queue: 50 us to 0.8 s, doubling. */
const taskSecondsBuckets = Array.from({ length: 15 }, (_, step) => 0.00005 * 2 ** step);

/**
 * What operators see of verification. One label, of three values, for where chunks were hashed: `pool`, `small` on the
 * caller's thread because a task would not pay, `overflow` there because the pool had too much to do.
 */
export function createVerifyMetrics(registry: Registry) {
  const registers = [registry];
  return {
    hashedBytes: new Counter({
      name: 'verify_hashed_bytes_total',
      help: 'Content bytes hashed, by place. A rising `overflow` means too few verify threads.',
      labelNames: ['place'] as const,
      registers,
    }),
    taskSeconds: new Histogram({
      name: 'verify_task_seconds',
      help: 'Time from handing a task to the pool to its answer, waiting included.',
      buckets: taskSecondsBuckets,
      registers,
    }),
  };
}

/** The metrics of one verifier. */
export type VerifyMetrics = ReturnType<typeof createVerifyMetrics>;
