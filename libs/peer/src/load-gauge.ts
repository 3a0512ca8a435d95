import type { Micros } from '@weir/ppspp';
import { lagMax, lagSettled } from './limits';

/** How much of the mean a new measurement is: a second's worth of signs of life decides, a single pause does not. */
const share = 1 / 8;

/** What one measurement counts for at most: half of what makes a thread overloaded, so that it takes three in a row, however long. */
const latenessMax = 4 * lagMax;

/**
 * Tells from how late a thread's timers are whether it keeps up. An overloaded one takes on no new intercepted flows: they
 * are better off with their origins.
 */
export class LoadGauge {
  private mean: Micros = 0;
  private over = false;

  /** The smoothed lateness of timers. */
  get lag(): Micros {
    return this.mean;
  }

  get overloaded(): boolean {
    return this.over;
  }

  /** Takes how late a timer was; true if that changed whether the thread is overloaded. */
  note(lateness: Micros): boolean {
    this.mean += (Math.min(Math.max(0, lateness), latenessMax) - this.mean) * share;
    const isOver = this.over ? this.mean > lagSettled : this.mean > lagMax;
    const isNews = isOver !== this.over;
    this.over = isOver;
    return isNews;
  }
}
