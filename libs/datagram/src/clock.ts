import { hrtime } from 'node:process';

/** Whole microseconds of this thread's monotonic clock. */
export function monotonicMicros(): number {
  return Math.floor(performance.now() * 1000);
}

/** Whole microseconds of the machine's monotonic clock, which all threads and processes have in common. */
export function machineMicros(): number {
  return Number(hrtime.bigint() / 1000n);
}
