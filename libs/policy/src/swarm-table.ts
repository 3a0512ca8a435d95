import { HashIndex } from './hash-index';
import { copied, grown, type Fingerprints } from './numbers';

const rowsAtFirst = 8;
/** Stands in `keys` for a row that was released. */
const released = -1;

/**
 * Swarms that have segments, or are pinned or in groups: 25 bytes each and 3 of the index, 6 beyond 65,536 rows, in arrays; 4 more with quotas. A row is
 * a swarm's handle until `release`. Row 0 is nobody.
 */
export class SwarmTable {
  bytes: Float64Array = new Float64Array(rowsAtFirst);
  /** The newest of the ring of its segments, or 0. */
  newest: Uint32Array = new Uint32Array(rowsAtFirst);
  /** When it was last asked for, in accesses. Without rows as long as nobody wants to know: see `noteUses`. */
  lastUse: Uint32Array = new Uint32Array(0);
  /** What is to be known of it beside its segments: see `pinnedMark`. A row without marks that loses its last segment is released. */
  marks: Uint8Array = new Uint8Array(rowsAtFirst);
  private keys = new Float64Array(rowsAtFirst);
  private trails = new Int32Array(rowsAtFirst);
  private readonly index = new HashIndex(rowsAtFirst);
  private rowsMade = 1;
  /** Head of the list of released rows, linked through `newest`. */
  private free = 0;

  constructor(private readonly fingerprints: Fingerprints) {}

  get stateBytes(): number {
    const { keys, trails, bytes, newest, lastUse, marks } = this;
    const columns = [keys, trails, bytes, newest, lastUse, marks];
    return columns.reduce((sum, column) => sum + column.byteLength, this.index.stateBytes);
  }

  key(row: number): number {
    return this.keys[row] ?? 0;
  }

  /** The swarm in 32 bits: see `Fingerprints`. */
  trail(row: number): number {
    return this.trails[row] ?? 0;
  }

  /** Row of a swarm, or 0. */
  find(swarm: number): number {
    const { keys, index } = this;
    let row = index.first(this.fingerprints.trail(swarm));
    while (row !== 0 && keys[row] !== swarm) row = index.next(row);
    return row;
  }

  /** Row of a swarm, made if there is none. */
  take(swarm: number): number {
    const found = this.find(swarm);
    if (found !== 0) return found;
    const row = this.free !== 0 ? this.free : this.makeRow();
    if (row === this.free) this.free = this.newest[row] ?? 0;
    const trail = this.fingerprints.trail(swarm);
    this.keys[row] = swarm;
    this.trails[row] = trail;
    this.newest[row] = 0;
    this.index.add(row, trail);
    return row;
  }

  /** From now on it is known when each swarm was last asked for; before, none was. */
  noteUses(): void {
    if (this.lastUse.length === 0) this.lastUse = new Uint32Array(this.keys.length);
  }

  /** A swarm was asked for. */
  used(row: number, now: number): void {
    if (row < this.lastUse.length) this.lastUse[row] = now;
  }

  /** Gives the row back if the swarm has nothing that is worth one. */
  release(row: number): void {
    if (this.newest[row] !== 0 || this.marks[row] !== 0) return;
    this.index.remove(row, this.trail(row));
    this.keys[row] = released;
    if (this.lastUse.length > 0) this.lastUse[row] = 0;
    this.newest[row] = this.free;
    this.free = row;
  }

  /** Rows of all swarms. */
  *rows(): Iterable<number> {
    for (let row = 1; row < this.rowsMade; row++) if (this.keys[row] !== released) yield row;
  }

  /** Has all trails and places anew, after the key of the fingerprints changed. */
  rekey(): void {
    this.index.reset(this.keys.length);
    for (const row of this.rows()) {
      const trail = this.fingerprints.trail(this.key(row));
      this.trails[row] = trail;
      this.index.add(row, trail);
    }
  }

  private makeRow(): number {
    if (this.rowsMade === this.keys.length) this.grow();
    return this.rowsMade++;
  }

  private grow(): void {
    const rows = grown(this.keys.length);
    this.keys = copied(this.keys, new Float64Array(rows));
    this.trails = copied(this.trails, new Int32Array(rows));
    this.bytes = copied(this.bytes, new Float64Array(rows));
    this.newest = copied(this.newest, new Uint32Array(rows));
    if (this.lastUse.length > 0) this.lastUse = copied(this.lastUse, new Uint32Array(rows));
    this.marks = copied(this.marks, new Uint8Array(rows));
    this.index.reset(rows);
    for (let row = 1; row < this.rowsMade; row++) this.index.add(row, this.trail(row));
  }
}
