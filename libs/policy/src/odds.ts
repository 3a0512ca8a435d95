/** Classes of distance: 1, 2 to 3, 4 to 7 and so on segments ahead of somebody. Class 0 is none, or too far. */
const classes = 10;
/** Who is farther away comes to anything as likely as to this. */
const aheadMax = 2 ** (classes - 1) - 1;
/** A segment is let stay if such a share of its like was asked for before its turn came again. */
const worthwhile = 0.4;
/** Of the others, one in so many stays all the same: odds change, and who never tries never learns. */
const trialEvery = 32;
/** Outcomes of a class that count; older ones count half, a quarter and so on. */
const outcomesKept = 1000;

/**
 * How often segments that somebody was coming to were asked for in time, by how far ahead of him they were. Learnt from what
 * became of those that were let stay for it.
 */
export class Odds {
  /** As many of either as if some had gone well, so that it is tried at first. */
  private readonly asked = new Float64Array(classes).fill(2);
  private readonly all = new Float64Array(classes).fill(2);
  private trials = 0;

  /** What was learnt, for `restore`: of each class how many were asked for, then of each how many there were. */
  save(): Float64Array {
    return Float64Array.of(...this.asked, ...this.all);
  }

  /** Takes up what was learnt, class by class, as far as it makes sense. */
  restore(saved: Float64Array): void {
    for (let distance = 0; distance < classes; distance++) {
      const asked = saved[distance] ?? 0;
      const all = saved[classes + distance] ?? 0;
      if (!(asked >= 0 && asked <= all && all >= 1 && all <= outcomesKept)) continue;
      this.asked[distance] = asked;
      this.all[distance] = all;
    }
  }

  /** Class of a segment `ahead` of somebody. */
  classOf(ahead: number): number {
    return ahead > aheadMax ? 0 : 32 - Math.clz32(ahead);
  }

  /** True if a segment of the class is worth the wait, as far as is known. */
  worth(distance: number): boolean {
    return distance !== 0 && (this.asked[distance] ?? 0) >= worthwhile * (this.all[distance] ?? 0);
  }

  /** True if a segment of the class is to stay, be it for a trial. */
  stay(distance: number): boolean {
    if (distance === 0) return false;
    if (this.worth(distance)) return true;
    this.trials++;
    return this.trials % trialEvery === 0;
  }

  /** Tells what became of a segment that stayed. */
  learn(distance: number, asked: boolean): void {
    if (asked) this.asked[distance] = (this.asked[distance] ?? 0) + 1;
    this.all[distance] = (this.all[distance] ?? 0) + 1;
    if ((this.all[distance] ?? 0) < outcomesKept) return;
    this.asked[distance] = (this.asked[distance] ?? 0) / 2;
    this.all[distance] = (this.all[distance] ?? 0) / 2;
  }
}
