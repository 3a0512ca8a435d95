/** How often a segment was asked for again, as far as it counts. More keeps what was popular once for too long. */
const frequencyMax = 2;

/**
 * True if probation has the whole capacity: there is one queue then, main, in which what is asked for becomes the newest. That is
 * LRU. Where the next requests are for what was asked for last, nothing does better.
 */
export function oneQueue(probationShare: number): boolean {
  return probationShare >= 1;
}

/** A segment's frequency after one more request. In one queue, none: it was renewed. */
export function askedAgain(frequency: number, probationShare: number): number {
  return Math.min(oneQueue(probationShare) ? 0 : frequencyMax, frequency + 1);
}
