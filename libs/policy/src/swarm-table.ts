import { HashIndex } from './hash-index';
import { at, copied, grown, hash } from './numbers';

const rowsAtFirst = 8;

/**
 * Swarms that have segments, or are pinned or in groups: 37 bytes each, and up to 6 of the index, in arrays. A row is a swarm's handle until `release`.
 * Row 0 is nobody.
 */
export class SwarmTable {
  bytes: Float64Array = new Float64Array(rowsAtFirst);
  /** Segments of the swarm. */
  count: Uint32Array = new Uint32Array(rowsAtFirst);
  /** Ends of the list of its segments. */
  oldest: Uint32Array = new Uint32Array(rowsAtFirst);
  newest: Uint32Array = new Uint32Array(rowsAtFirst);
  /** When it was last asked for, in accesses. */
  lastUse: Uint32Array = new Uint32Array(rowsAtFirst);
  /** 1: pinned. 2: in groups. A row with neither that loses its last segment is released. */
  marks: Uint8Array = new Uint8Array(rowsAtFirst);
  private keys = new Float64Array(rowsAtFirst);
  private readonly index: HashIndex;
  private rowsMade = 1;
  /** Head of the list of released rows, linked through `newest`. */
  private free = 0;

  constructor(private readonly seed: number) {
    this.index = new HashIndex(this, rowsAtFirst);
  }

  get stateBytes(): number {
    const { keys, bytes, count, oldest, newest, lastUse, marks } = this;
    const columns = [keys, bytes, count, oldest, newest, lastUse, marks];
    return columns.reduce((sum, column) => sum + column.byteLength, this.index.stateBytes);
  }

  key(row: number): number {
    return at(this.keys, row);
  }

  hashOf(row: number): number {
    return hash(this.key(row), 0, this.seed);
  }

  /** Row of a swarm, or 0. */
  find(swarm: number): number {
    let place = this.index.first(hash(swarm, 0, this.seed));
    for (let row = this.index.row(place); row !== 0; row = this.index.row(place)) {
      if (this.keys[row] === swarm) return row;
      place = this.index.next(place);
    }
    return 0;
  }

  /** Row of a swarm, made if there is none. */
  take(swarm: number): number {
    const found = this.find(swarm);
    if (found !== 0) return found;
    const row = this.free !== 0 ? this.free : this.makeRow();
    if (row === this.free) this.free = at(this.newest, row);
    this.keys[row] = swarm;
    this.newest[row] = 0;
    this.index.add(row);
    return row;
  }

  /** Gives the row back if the swarm has nothing that is worth one. */
  release(row: number): void {
    if (at(this.count, row) + at(this.marks, row) > 0) return;
    this.index.remove(row);
    this.keys[row] = -1;
    this.lastUse[row] = 0;
    this.newest[row] = this.free;
    this.free = row;
  }

  private makeRow(): number {
    if (this.rowsMade === this.keys.length) this.grow();
    return this.rowsMade++;
  }

  private grow(): void {
    const rows = grown(this.keys.length);
    this.keys = copied(this.keys, new Float64Array(rows));
    this.bytes = copied(this.bytes, new Float64Array(rows));
    this.count = copied(this.count, new Uint32Array(rows));
    this.oldest = copied(this.oldest, new Uint32Array(rows));
    this.newest = copied(this.newest, new Uint32Array(rows));
    this.lastUse = copied(this.lastUse, new Uint32Array(rows));
    this.marks = copied(this.marks, new Uint8Array(rows));
    this.index.grow(rows);
  }
}
