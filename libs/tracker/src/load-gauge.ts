import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

import { limits } from './limits';

/** How often the delay is sampled: rarely enough to cost nothing, often enough for a mean over a second. */
const resolutionMillis = 50;

/** Where the delay of the event loop is measured: `mean` in nanoseconds. */
type DelayHistogram = Pick<IntervalHistogram, 'mean' | 'count' | 'reset' | 'enable' | 'disable'>;

/** Tells from how late the event loop is whether the process keeps up with what it is asked. */
export class LoadGauge {
  private over = false;

  constructor(private readonly delay: DelayHistogram = monitorEventLoopDelay({ resolution: resolutionMillis })) {}

  start(): void {
    this.delay.enable();
  }

  stop(): void {
    this.delay.disable();
  }

  /** What `look` found last. */
  get overloaded(): boolean {
    return this.over;
  }

  /** Whether the mean delay since the last look was too long; once it was, until it has settled. */
  look(): boolean {
    if (this.delay.count === 0) return this.over;
    const lateMillis = this.delay.mean / 1_000_000 - resolutionMillis;
    this.delay.reset();
    this.over = lateMillis > (this.over ? limits.lagSettledMillis : limits.lagMillisMax);
    return this.over;
  }
}
