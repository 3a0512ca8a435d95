import { limits, type Micros } from '../limits';
import { Bucket } from './bucket';
import { LocalCells, type Cells } from './cells';

/** Where a share's numbers are: the bucket's, and from `marks` on one for each endpoint. */
export interface SharePlace {
  readonly bucket: number;
  readonly marks: number;
}

const nanosPerMicro = 1_000;

/**
 * A bucket that several endpoints draw from, each as much as it needs. As long as several have to wait, none takes more than an
 * equal part; what one does not need is there for the others.
 */
export class Share {
  private readonly common: Bucket;
  /** What this endpoint took, measured against its equal part. */
  private readonly own = new Bucket(new LocalCells(1), 0, limits.budgetBurst);
  /** At which it was measured last: the rate is changed by another endpoint. */
  private ownRate = Number.POSITIVE_INFINITY;

  constructor(
    private readonly cells: Cells,
    private readonly place: SharePlace,
    private readonly thread: number,
  ) {
    this.common = new Bucket(cells, place.bucket, limits.budgetBurst);
  }

  credit(rate: number, left: number, now: Micros): number {
    this.measureAt(rate, now);
    const common = this.common.credit({ rate, left }, now);
    const waiting = this.waiting(now);
    return waiting < 2 ? common : Math.min(common, this.own.credit({ rate: rate / waiting }, now));
  }

  spend(bytes: number, rate: number, now: Micros): void {
    this.measureAt(rate, now);
    this.common.spend(bytes, { rate }, now);
    this.own.spend(bytes, { rate: rate / Math.max(1, this.waiting(now)) }, now);
  }

  readyAt(bytes: number, rate: number, left: number, now: Micros): Micros {
    this.measureAt(rate, now);
    const common = this.common.readyAt(bytes, { rate, left });
    const waiting = this.waiting(now);
    return waiting < 2 ? common : Math.max(common, this.own.readyAt(bytes, { rate: rate / waiting }));
  }

  /** This endpoint has to wait: for a moment the others leave it its part. */
  wait(now: Micros): void {
    this.cells.write(this.place.marks + this.thread, (now + limits.budgetMark) * nanosPerMicro);
  }

  /** Another rate holds from now on, for all endpoints. */
  adapt(before: number, rate: number, now: Micros): void {
    if (before !== rate) this.common.adapt(before, rate, now);
  }

  private measureAt(rate: number, now: Micros): void {
    if (rate !== this.ownRate) this.own.adapt(this.ownRate, rate, now);
    this.ownRate = rate;
  }

  /** How many endpoints have to wait. */
  private waiting(now: Micros): number {
    let waiting = 0;
    for (let thread = 0; thread < limits.shardsMax; thread++)
      if (this.cells.read(this.place.marks + thread) > now * nanosPerMicro) waiting++;
    return waiting;
  }
}
