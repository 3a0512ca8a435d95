import { HashIndex } from './hash-index';
import { at, copied, grown, hash, rowsOf, type Rows } from './numbers';

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
 * What is known of resident segments, in arrays: 24 bytes each and 3 of the index, 34 and 6 beyond 65,536 rows. A row is a segment's handle until it is
 * removed; row 0 is nobody and serves as the end of lists.
 */
export class SegmentTable {
  count = 0;
  /** Neighbours in the queue: towards the oldest, and the newest. */
  older: Rows = rowsOf(rowsAtFirst);
  newer: Rows = rowsOf(rowsAtFirst);
  /** Neighbours in the swarm's own list. */
  swarmOlder: Rows = rowsOf(rowsAtFirst);
  swarmNewer: Rows = rowsOf(rowsAtFirst);
  bytes: Uint32Array = new Uint32Array(rowsAtFirst);
  /** The first subscriber that asked for it: the low 16 bits. */
  firstBy: Uint16Array = new Uint16Array(rowsAtFirst);
  /** Row of its swarm. */
  swarm: Rows = rowsOf(rowsAtFirst);
  private low = new Uint32Array(rowsAtFirst);
  private meta = new Uint32Array(rowsAtFirst);
  private readonly index: HashIndex;
  private rowsMade = 1;
  /** Head of the list of removed rows, linked through `newer`. */
  private free = 0;

  constructor(private readonly seed: number) {
    this.index = new HashIndex(this, rowsAtFirst);
  }

  get stateBytes(): number {
    const { older, newer, swarmOlder, swarmNewer, bytes, firstBy, swarm, low, meta } = this;
    const columns = [older, newer, swarmOlder, swarmNewer, bytes, firstBy, swarm, low, meta];
    return columns.reduce((sum, column) => sum + column.byteLength, this.index.stateBytes);
  }

  segment(row: number): number {
    return (at(this.meta, row) & highMask) * two32 + at(this.low, row);
  }

  queue(row: number): number {
    return (at(this.meta, row) >>> queueShift) & queueMask;
  }

  setQueue(row: number, queue: number): void {
    this.meta[row] = (at(this.meta, row) & ~(queueMask << queueShift)) | (queue << queueShift);
  }

  /** True if it is in memory, and not on disk. */
  inMemory(row: number): boolean {
    return ((at(this.meta, row) >>> memoryShift) & 1) === 1;
  }

  setInMemory(row: number, inMemory: boolean): void {
    this.meta[row] = (at(this.meta, row) & ~(1 << memoryShift)) | (Number(inMemory) << memoryShift);
  }

  frequency(row: number): number {
    return (at(this.meta, row) >>> frequencyShift) & frequencyMask;
  }

  setFrequency(row: number, frequency: number): void {
    this.meta[row] = (at(this.meta, row) & ~(frequencyMask << frequencyShift)) | (frequency << frequencyShift);
  }

  /** Class of the distance to whom it was let stay for; 0: it was not. */
  ahead(row: number): number {
    return (at(this.meta, row) >>> aheadShift) & aheadMask;
  }

  setAhead(row: number, ahead: number): void {
    this.meta[row] = (at(this.meta, row) & ~(aheadMask << aheadShift)) | (ahead << aheadShift);
  }

  /** True if it came in without a request, and had none since. */
  unasked(row: number): boolean {
    return at(this.meta, row) >>> unaskedShift === 1;
  }

  setUnasked(row: number, unasked: boolean): void {
    this.meta[row] = (at(this.meta, row) & ~(1 << unaskedShift)) | (Number(unasked) << unaskedShift);
  }

  hashOf(row: number): number {
    return hash(this.segment(row), at(this.swarm, row), this.seed);
  }

  /** Row of a segment of the swarm in row `swarm`, or 0. */
  find(swarm: number, segment: number): number {
    let place = this.index.first(hash(segment, swarm, this.seed));
    for (let row = this.index.row(place); row !== 0; row = this.index.row(place)) {
      if (this.swarm[row] === swarm && this.segment(row) === segment) return row;
      place = this.index.next(place);
    }
    return 0;
  }

  /** Makes a row for a segment that has none. Its frequency and queue are 0. */
  add(swarm: number, segment: number): number {
    const row = this.free !== 0 ? this.free : this.makeRow();
    if (row === this.free) this.free = at(this.newer, row);
    this.swarm[row] = swarm;
    this.low[row] = segment >>> 0;
    this.meta[row] = Math.floor(segment / two32) & highMask;
    this.bytes[row] = 0;
    this.firstBy[row] = 0;
    this.index.add(row);
    this.count++;
    return row;
  }

  /** Gives back the row of a segment that is in no list any more. */
  remove(row: number): void {
    this.index.remove(row);
    this.newer[row] = this.free;
    this.free = row;
    this.count--;
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
    this.firstBy = copied(this.firstBy, new Uint16Array(rows));
    this.swarm = copied(this.swarm, rowsOf(rows));
    this.low = copied(this.low, new Uint32Array(rows));
    this.meta = copied(this.meta, new Uint32Array(rows));
    this.index.grow(rows);
  }
}
