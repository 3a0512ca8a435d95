import { invariant } from '@weir/ppspp';
import { withinMillis } from './within-millis';

/**
 * Milliseconds that a clean stop waits for what a disk may hold up; on a disk that answers all of it takes a fraction of a second. What was
 * not written by then is fetched again.
 */
export const stopMillis = {
  /** The slice that the scrub is at. */
  scrub: 3_000,
  /** What a datapath thread gave to the store, and what it reads: each. */
  stored: 2_000,
  /** The datapath threads, with that. */
  crew: 6_000,
  /** The writer, with what is only in memory. */
  store: 7_000,
} as const;

/** The process ends itself after 18 seconds, for the service manager kills it after 20 (`ops/systemd/weir.service`). */
const allMillisMax = 17_000;

invariant(2 * stopMillis.stored < stopMillis.crew, 'threads have ended before they are given up');
invariant(stopMillis.scrub + stopMillis.crew + stopMillis.store <= allMillisMax, 'a stop ends before it is ended');

/** Resolves when what concerns the store has ended, or has had its time. */
export function storedInTime(work: Promise<unknown>): Promise<void> {
  return withinMillis(work, stopMillis.stored);
}
