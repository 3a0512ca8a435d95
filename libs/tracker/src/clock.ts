/** Whole microseconds of a clock that nobody sets back: a peer must not expire because the host's time was corrected. */
export function monotonicMicros(): number {
  return Math.round(performance.now() * 1000);
}
