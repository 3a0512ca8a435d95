import { second, type Micros } from '../limits';
import type { Cells } from './cells';

const nanosPerMicro = 1_000;
const nanosPerSecond = second * nanosPerMicro;

/** A bucket that is refilled at a rate: how many bytes for each second, and of whom it is. */
export interface Flow {
  /** Bytes for each second; infinite: no bound; 0: nothing. */
  readonly rate: number;
  /** The share of a full bucket that is left for others. */
  readonly left?: number;
}

/**
 * A token bucket in one number: the time at which it will be full again, less what filling it takes (GCRA, ITU-T I.371). In any span
 * of time no more is spent than the rate brings in it and in a `burst`, and the last of what was begun.
 */
export class Bucket {
  constructor(
    private readonly cells: Cells,
    private readonly at: number,
    private readonly burst: Micros,
  ) {}

  /** Bytes that may be spent now; whoever finds any may spend a whole chunk. */
  credit({ rate, left = 0 }: Flow, now: Micros): number {
    if (rate === Number.POSITIVE_INFINITY) return rate;
    const filled = Math.min(this.burst, now - this.cells.read(this.at) / nanosPerMicro);
    return Math.max(0, ((filled - left * this.burst) * rate) / second);
  }

  spend(bytes: number, { rate }: Flow, now: Micros): void {
    if (rate === Number.POSITIVE_INFINITY || rate <= 0) return;
    const cost = Math.round((bytes * nanosPerSecond) / rate);
    const fullAt = (now - this.burst) * nanosPerMicro;
    this.cells.update(this.at, (value) => Math.max(value, fullAt, 0) + cost);
  }

  /** When so many bytes may be spent, or as many as there can ever be at once; infinite if never. */
  readyAt(bytes: number, { rate, left = 0 }: Flow): Micros {
    if (rate <= 0) return Number.POSITIVE_INFINITY;
    const filled = Math.min((1 - left) * this.burst, (bytes * second) / rate);
    return Math.ceil(this.cells.read(this.at) / nanosPerMicro + left * this.burst + filled) + 1;
  }

  /** The rate changes: what was spent ahead is as many bytes as before, and takes its time at the new rate. */
  adapt(before: number, rate: number, now: Micros): void {
    const stretch = isFlowing(before) && isFlowing(rate) ? before / rate : 0;
    const at = now * nanosPerMicro;
    this.cells.update(this.at, (value) => (value > at ? at + Math.round((value - at) * stretch) : value));
  }
}

function isFlowing(rate: number): boolean {
  return rate > 0 && rate < Number.POSITIVE_INFINITY;
}
