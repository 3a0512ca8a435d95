import { second, type Micros } from '../limits';

/** A flow that is about to leave a gap. */
export interface Saturation {
  /** Its window. */
  readonly bytes: number;
  /** One-way delay, with the offset of the samples. */
  readonly delay: Micros;
  /** The smoothed round trip, queueing included. */
  readonly roundTrip: Micros;
  readonly now: Micros;
}

/**
 * Interval between two gaps of one flow: each costs it a fraction of a second of the path, so some percent of what it
 * carries; and a latecomer gets as many as it takes to lose its advantage within a few minutes.
 */
const interval: Micros = 30 * second;

/** A flow's first gap comes sooner: by then a latecomer has pushed the others aside, and its gap shows the path alone. */
const firstAfter: Micros = 5 * second;

/** A gap leaves at least this share of the window: what a loss would leave. */
const leastShare = 1 / 2;

/**
 * Gaps in a flow that keeps a queue standing, against the latecomer's advantage of RFC 6817 section 4.4: who begins while
 * others fill the queue takes their queue for part of the path, and pushes them aside. "All that's needed to measure the
 * base delay is one small gap in transmission schedules", says the RFC, and leaves it to chance; a simulated path and an
 * appliance that never pauses have none. So every flow that stays above half its target leaves one now and then: its
 * window falls to the least, until what was in flight has left the queue and one round trip more.
 *
 * After it the flow begins with the window that fills the path and not the queue, so that the larger of two flows gives
 * more than the smaller; growth gives both the same back. That is what makes them equal: LEDBAT's growth and shrinking,
 * the same for large and small, do not. The RFC does not recommend a multiplicative decrease because the throughput would
 * fluctuate; this one takes what stood in the queue alone.
 */
export class Gaps {
  private dueAt: Micros | undefined;
  private before: Saturation | undefined;
  private drainedAt: Micros | undefined;
  private share = 1;

  /** True during a gap. */
  get open(): boolean {
    return this.before !== undefined;
  }

  /** True if it is time for a gap. The first call begins the wait for it. */
  due(now: Micros): boolean {
    this.dueAt ??= now + firstAfter;
    return now >= this.dueAt;
  }

  /** The window was halved, which empties a queue, and takes more from the larger flow, as well as a gap. */
  postpone(now: Micros): void {
    if (this.dueAt !== undefined) this.dueAt = now + interval;
  }

  /** Begins a gap. */
  begin(before: Saturation): void {
    this.before = before;
    this.drainedAt = undefined;
    this.share = 1;
    this.dueAt = before.now + interval;
  }

  /** A loss during a gap: as much as it would have taken off the window is taken off what the gap leaves. */
  halve(): void {
    this.share /= 2;
  }

  /**
   * An ACK during a gap: `isDrained` when what was sent before it is no longer in flight, `baseDelay` as known by now. The
   * window to lead back to, once the gap is over.
   */
  heard(isDrained: boolean, baseDelay: Micros, now: Micros): number | undefined {
    if (this.before === undefined || !isDrained) return undefined;
    this.drainedAt ??= now;
    const { roundTrip } = this.before;
    return now - this.drainedAt < roundTrip ? undefined : this.end(baseDelay);
  }

  /** Ends a gap early; the window it interrupted, or undefined if there was none. */
  end(baseDelay: Micros): number | undefined {
    const { before } = this;
    if (before === undefined) return undefined;
    this.before = undefined;
    const { bytes, delay, roundTrip } = before;
    const path = (roundTrip - (delay - baseDelay)) / Math.max(roundTrip, 1);
    return bytes * this.share * Math.min(Math.max(path, leastShare), 1);
  }
}
