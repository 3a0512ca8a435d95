import { Bucket } from '../budget/bucket';
import { LocalCells } from '../budget/cells';
import { Line } from '../budget/line';
import type { ServeBound } from '../channel/shelf';
import { limits, type Micros } from '../limits';

/** What may be served of one swarm, to all its peers together: in turn, where they want more. */
export class ServeLimit implements ServeBound {
  private readonly bucket = new Bucket(new LocalCells(1), 0, limits.budgetBurst);
  private readonly line = new Line<object>();
  rate = Number.POSITIVE_INFINITY;

  /** `changed`: somebody waits, or need not wait any more. */
  constructor(private readonly changed: () => void) {}

  /** False where nothing is bounded. */
  get bounded(): boolean {
    return this.rate !== Number.POSITIVE_INFINITY;
  }

  /** Bytes for each second from now on; infinite: no bound. */
  limit(rate: number, now: Micros): void {
    if (rate === this.rate) return;
    this.bucket.adapt(this.rate, rate, now);
    this.rate = rate;
    this.changed();
  }

  room(reader: object, now: Micros): number {
    return this.line.part(reader, this.bucket.credit(this, now), now);
  }

  spend(reader: object, bytes: number, now: Micros): void {
    this.bucket.spend(bytes, this, now);
    this.line.took(reader, bytes);
  }

  wait(reader: object, now: Micros): void {
    this.line.join(reader, now);
    this.changed();
  }

  /** Whose turn it is, of those who waited. */
  turn(now: Micros): readonly object[] {
    const at = this.nextTurn();
    return at === undefined || now < at ? [] : this.line.turn(this.bucket.credit(this, now), now);
  }

  /** When somebody's turn comes, or undefined with nobody who waits. Where nothing may be served, it is looked at again. */
  nextTurn(): Micros | undefined {
    if (this.line.empty) return undefined;
    const { nextTurn } = this.line;
    const readyAt = this.bucket.readyAt(limits.budgetQuantum, this);
    return Math.max(Math.min(readyAt, nextTurn + limits.budgetLook), nextTurn);
  }
}
