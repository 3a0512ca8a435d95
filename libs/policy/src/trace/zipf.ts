import type { Random } from './random';

/**
 * Ranks 0, 1, 2 … below `ranks`, rank k as likely as (k + 1 + shift)^-alpha: Zipf's law for shift 0, Mandelbrot's for others,
 * whose head is flatter. No table, so that any number of ranks costs nothing: a point below the continuous curve is drawn,
 * and thrown away where it is above the steps (rejection-inversion, Hörmann and Derflinger 1996), which is rare.
 */
export class Zipf {
  private readonly first: number;
  private readonly last: number;
  private readonly sure: number;

  constructor(
    private readonly ranks: number,
    private readonly alpha: number,
    private readonly shift: number,
  ) {
    this.first = this.area(1.5) - this.height(1);
    this.last = this.area(ranks + 0.5);
    this.sure = 2 - this.place(this.area(2.5) - this.height(2));
  }

  /** One rank. */
  draw(random: Random): number {
    for (;;) {
      const area = this.last + random.unit() * (this.first - this.last);
      const place = this.place(area);
      const rank = Math.min(Math.max(Math.floor(place + 0.5), 1), this.ranks);
      if (rank - place <= this.sure || area >= this.area(rank + 0.5) - this.height(rank)) return rank - 1;
    }
  }

  private height(place: number): number {
    return (place + this.shift) ** -this.alpha;
  }

  /** The integral of `height`, but for a constant. Exact also where alpha is 1, or close to it. */
  private area(place: number): number {
    const logarithm = Math.log(place + this.shift);
    const power = (1 - this.alpha) * logarithm;
    return Math.abs(power) < 1e-9 ? logarithm : (Math.expm1(power) / power) * logarithm;
  }

  /** The place up to which there is so much area. */
  private place(area: number): number {
    const power = Math.max((1 - this.alpha) * area, -1);
    const logarithm = Math.abs(power) < 1e-9 ? area : (Math.log1p(power) / power) * area;
    return Math.exp(logarithm) - this.shift;
  }
}
