import { HashIndex } from './hash-index';
import { copied, grown, rowsOf, type Fingerprints, type Rows } from './numbers';
import type { SwarmTable } from './swarm-table';

const rowsAtFirst = 64;
const two32 = 0x1_0000_0000;

/**
 * Layout of `meta`: 21 bits of the segment's number; 2 of its queue; 1 if it is in memory; 3 of its frequency; 4 of how far ahead of somebody it was when it
 * was let stay for him; 1 if nobody has asked for it yet.
 */
const highBits = 21;
const highMask = 0x1f_ffff;
const queueShift = highBits;
const queueMask = 3;
const memoryShift = highBits + 2;
const frequencyShift = highBits + 3;
const frequencyMask = 7;
const aheadShift = highBits + 6;
const aheadMask = 15;
const unaskedShift = highBits + 10;

/**
 * What is known of resident segments, in arrays: 22 bytes each and 3 of the index, 32 and 6 beyond 65,536 rows. A row is a segment's handle until it is
 * removed; row 0 is nobody and serves as the end of lists.
 */
export class SegmentTable {
  count = 0;
  /** Neighbours in the queue: towards the oldest, and the newest. */
  older: Rows = rowsOf(rowsAtFirst);
  newer: Rows = rowsOf(rowsAtFirst);
  /** Neighbours in the swarm's own ring. */
  swarmOlder: Rows = rowsOf(rowsAtFirst);
  swarmNewer: Rows = rowsOf(rowsAtFirst);
  bytes: Uint32Array = new Uint32Array(rowsAtFirst);
  /** Row of its swarm. */
  swarm: Rows = rowsOf(rowsAtFirst);
  /** The first subscriber that asked for it: the low 16 bits. Without rows as long as nobody wants to know. */
  private firstBy = new Uint16Array(0);
  private low = new Uint32Array(rowsAtFirst);
  private meta = new Uint32Array(rowsAtFirst);
  private readonly index = new HashIndex(rowsAtFirst);
  private rowsMade = 1;
  /** Head of the list of removed rows, linked through `newer`. */
  private free = 0;

  constructor(
    private readonly swarms: SwarmTable,
    private readonly fingerprints: Fingerprints,
  ) {}

  get stateBytes(): number {
    const { older, newer, swarmOlder, swarmNewer, bytes, firstBy, swarm, low, meta } = this;
    const columns = [older, newer, swarmOlder, swarmNewer, bytes, firstBy, swarm, low, meta];
    return columns.reduce((sum, column) => sum + column.byteLength, this.index.stateBytes);
  }

  segment(row: number): number {
    return ((this.meta[row] ?? 0) & highMask) * two32 + (this.low[row] ?? 0);
  }

  queue(row: number): number {
    return ((this.meta[row] ?? 0) >>> queueShift) & queueMask;
  }

  setQueue(row: number, queue: number): void {
    this.meta[row] = ((this.meta[row] ?? 0) & ~(queueMask << queueShift)) | (queue << queueShift);
  }

  /** True if it is in memory, and not on disk. */
  inMemory(row: number): boolean {
    return (((this.meta[row] ?? 0) >>> memoryShift) & 1) === 1;
  }

  setInMemory(row: number, inMemory: boolean): void {
    this.meta[row] = ((this.meta[row] ?? 0) & ~(1 << memoryShift)) | (Number(inMemory) << memoryShift);
  }

  frequency(row: number): number {
    return ((this.meta[row] ?? 0) >>> frequencyShift) & frequencyMask;
  }

  setFrequency(row: number, frequency: number): void {
    this.meta[row] = ((this.meta[row] ?? 0) & ~(frequencyMask << frequencyShift)) | (frequency << frequencyShift);
  }

  /** Class of the distance to whom it was let stay for; 0: it was not. */
  ahead(row: number): number {
    return ((this.meta[row] ?? 0) >>> aheadShift) & aheadMask;
  }

  setAhead(row: number, ahead: number): void {
    this.meta[row] = ((this.meta[row] ?? 0) & ~(aheadMask << aheadShift)) | (ahead << aheadShift);
  }

  /** True if it came in without a request, and had none since. */
  unasked(row: number): boolean {
    return (this.meta[row] ?? 0) >>> unaskedShift === 1;
  }

  setUnasked(row: number, unasked: boolean): void {
    this.meta[row] = ((this.meta[row] ?? 0) & ~(1 << unaskedShift)) | (Number(unasked) << unaskedShift);
  }

  /** True if `by` is another subscriber than the first that asked for it, by 16 bits of either. */
  byAnother(row: number, by: number): boolean {
    return (this.firstBy[row] ?? 0) !== (by & 0xffff);
  }

  setFirstBy(row: number, by: number): void {
    if (this.firstBy.length === 0) this.firstBy = new Uint16Array(this.low.length);
    this.firstBy[row] = by;
  }

  /** Fingerprint of the segment. */
  print(row: number): number {
    return this.fingerprints.of(this.swarms.trail(this.swarm[row] ?? 0), this.low[row] ?? 0);
  }

  /** Row of a segment of the swarm in row `swarm`, or 0. `print` is its fingerprint. */
  find(swarm: number, segment: number, print: number): number {
    const { index } = this;
    let row = index.first(print);
    while (row !== 0 && (this.swarm[row] !== swarm || this.segment(row) !== segment)) row = index.next(row);
    return row;
  }

  /** Makes a row for a segment that has none. Its frequency and queue are 0. */
  add(swarm: number, segment: number, print: number): number {
    const row = this.free !== 0 ? this.free : this.makeRow();
    if (row === this.free) this.free = this.newer[row] ?? 0;
    this.swarm[row] = swarm;
    this.low[row] = segment >>> 0;
    this.meta[row] = Math.floor(segment / two32) & highMask;
    this.bytes[row] = 0;
    if (this.firstBy.length > 0) this.firstBy[row] = 0;
    this.index.add(row, print);
    this.count++;
    return row;
  }

  /** Gives back the row of a segment that is in no list any more. */
  remove(row: number): void {
    this.index.remove(row, this.print(row));
    this.newer[row] = this.free;
    this.free = row;
    this.count--;
  }

  /** Finds none any more, until they are remembered one by one: their fingerprints are others. */
  forget(): void {
    this.index.reset(this.low.length);
  }

  /** Finds the segment in this row. */
  remember(row: number): void {
    this.index.add(row, this.print(row));
  }

  private makeRow(): number {
    if (this.rowsMade === this.low.length) this.grow();
    return this.rowsMade++;
  }

  private grow(): void {
    const rows = grown(this.low.length);
    this.older = copied(this.older, rowsOf(rows));
    this.newer = copied(this.newer, rowsOf(rows));
    this.swarmOlder = copied(this.swarmOlder, rowsOf(rows));
    this.swarmNewer = copied(this.swarmNewer, rowsOf(rows));
    this.bytes = copied(this.bytes, new Uint32Array(rows));
    if (this.firstBy.length > 0) this.firstBy = copied(this.firstBy, new Uint16Array(rows));
    this.swarm = copied(this.swarm, rowsOf(rows));
    this.low = copied(this.low, new Uint32Array(rows));
    this.meta = copied(this.meta, new Uint32Array(rows));
    this.index.reset(rows);
    for (let row = 1; row < this.rowsMade; row++) this.remember(row);
  }
}
