/** Whole microseconds of this thread's monotonic clock. */
export function monotonicMicros(): number {
  return Math.floor(performance.now() * 1000);
}
