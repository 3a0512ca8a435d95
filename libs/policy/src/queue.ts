import type { SegmentTable } from './segment-table';

/** A queue of segments, linked through their table. It knows its bytes. */
export class Queue {
  /** Bytes of the segments in the queue. */
  bytes = 0;
  /** Row of the segment that came first, or 0. */
  oldest = 0;
  private newest = 0;

  /** @param number What the table notes for the segments in this queue. */
  constructor(
    readonly number: number,
    private readonly table: SegmentTable,
  ) {}

  /** Row after `row` towards the newest, or 0. */
  after(row: number): number {
    return this.table.newer[row] ?? 0;
  }

  /** Puts a segment that is in no queue at the newest end. */
  push(row: number): void {
    const { table, newest } = this;
    table.setQueue(row, this.number);
    table.older[row] = newest;
    table.newer[row] = 0;
    if (newest === 0) this.oldest = row;
    else table.newer[newest] = row;
    this.newest = row;
    this.bytes += table.bytes[row] ?? 0;
  }

  remove(row: number): void {
    const { older, newer, bytes } = this.table;
    const before = older[row] ?? 0;
    const after = newer[row] ?? 0;
    if (before === 0) this.oldest = after;
    else newer[before] = after;
    if (after === 0) this.newest = before;
    else older[after] = before;
    this.bytes -= bytes[row] ?? 0;
  }

  /** Makes a segment the newest. */
  renew(row: number): void {
    if (row === this.newest) return;
    this.remove(row);
    this.push(row);
  }
}
