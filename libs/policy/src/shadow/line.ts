import type { Rows } from '../numbers';

/** A queue of rows, linked through `newer`, and through `older` if any but the oldest are to leave. */
export class Line {
  count = 0;
  private oldest = 0;
  private newest = 0;

  constructor(
    private readonly newer: Rows,
    private readonly older?: Rows,
  ) {}

  push(row: number): void {
    if (this.count === 0) this.oldest = row;
    else this.newer[this.newest] = row;
    if (this.older !== undefined) this.older[row] = this.newest;
    this.newest = row;
    this.count++;
  }

  /** The oldest row, which is in the queue no more. There must be one. */
  shift(): number {
    const row = this.oldest;
    this.oldest = this.newer[row] ?? 0;
    this.count--;
    return row;
  }

  /** Makes a row the newest. */
  renew(row: number): void {
    const { newer, older, oldest, newest } = this;
    if (older === undefined || row === newest) return;
    const before = older[row] ?? 0;
    const after = newer[row] ?? 0;
    if (row === oldest) this.oldest = after;
    else newer[before] = after;
    older[after] = before;
    this.count--;
    this.push(row);
  }
}
