import { at, placed, rowsOf, type Rows } from './numbers';

/** A place that holds no row. */
const vacant = 0;

/** What an index needs of the table whose rows it finds. */
export interface Hashed {
  hashOf(row: number): number;
}

/**
 * Finds rows by their hash: open addressing with linear probing, at most two thirds full. Rows begin at 1. A search is
 * `first`, then `next` until the row is the one or 0; nothing is allocated.
 */
export class HashIndex {
  private rows: Rows;

  constructor(
    private readonly table: Hashed,
    rowsMax: number,
  ) {
    this.rows = rowsOf(rowsMax + 1, placesFor(rowsMax));
  }

  get stateBytes(): number {
    return this.rows.byteLength;
  }

  /** Place where a search for the hash begins. */
  first(hash: number): number {
    return placed(hash, this.rows.length);
  }

  /** Place where a search goes on. */
  next(place: number): number {
    return place + 1 === this.rows.length ? 0 : place + 1;
  }

  /** Row at the place; 0: there is none, and the search ends. */
  row(place: number): number {
    return at(this.rows, place);
  }

  add(row: number): void {
    let place = this.first(this.table.hashOf(row));
    while (this.row(place) !== vacant) place = this.next(place);
    this.rows[place] = row;
  }

  /** Takes a row out that is in; what stands behind it in its run moves up, so that no search ends too early. */
  remove(row: number): void {
    let hole = this.first(this.table.hashOf(row));
    while (this.row(hole) !== row) hole = this.next(hole);
    for (let place = this.next(hole); this.row(place) !== vacant; place = this.next(place)) {
      const home = this.first(this.table.hashOf(this.row(place)));
      if (this.distance(home, place) < this.distance(hole, place)) continue;
      this.rows[hole] = this.row(place);
      hole = place;
    }
    this.rows[hole] = vacant;
  }

  /** Makes room for `rowsMax` rows; all that were in are in again. */
  grow(rowsMax: number): void {
    const before = this.rows;
    this.rows = rowsOf(rowsMax + 1, placesFor(rowsMax));
    for (const row of before) if (row !== vacant) this.add(row);
  }

  private distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.rows.length;
  }
}

function placesFor(rowsMax: number): number {
  return Math.ceil((rowsMax + 1) * 1.5);
}
