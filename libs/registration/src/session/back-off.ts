/** Bound of the first pause after a failure; it doubles with each. The client has repeated its request by then. */
const pauseMillis = 4_000;

/** Least share of a pause: a dice that shows zero must not make a loop. */
const shareMin = 0.05;

/** Least pause in milliseconds where it is for an operator to act: nothing is gained by asking sooner. */
export const operatorMillis = 60_000;

/**
 * The pause after so many failures in a row, `capMillis` at most. Full jitter: drawn from all of the time up to the
 * bound, so that those whom one outage has brought into step are spread over that time when it ends.
 */
export function backOff(failures: number, capMillis: number, random: () => number): number {
  const bound = Math.min(pauseMillis * 2 ** Math.min(failures - 1, 30), capMillis);
  return bound * (shareMin + (1 - shareMin) * random());
}
