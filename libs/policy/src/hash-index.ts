import { placed, rowsOf, type Rows } from './numbers';

/**
 * Finds rows by their hash: a list of rows for each place, half as many places as rows, so that a search looks at two or so. Rows begin
 * at 1. A search is `first`, then `next` until the row is the one or 0; nothing is allocated. The table says what a row's hash is:
 * who knows it need not count it again.
 */
export class HashIndex {
  /** The first row of each place, 0 if there is none. */
  private heads: Rows;
  /** The row behind each row in its place, or 0. */
  private nexts: Rows;

  constructor(rowsMax: number) {
    this.heads = rowsOf(rowsMax, placesFor(rowsMax));
    this.nexts = rowsOf(rowsMax);
  }

  get stateBytes(): number {
    return this.heads.byteLength + this.nexts.byteLength;
  }

  /** Row at which a search for the hash begins; 0: there is none. */
  first(hash: number): number {
    return this.heads[placed(hash, this.heads.length)] ?? 0;
  }

  /** Row with which a search goes on; 0: it ends. */
  next(row: number): number {
    return this.nexts[row] ?? 0;
  }

  add(row: number, hash: number): void {
    const place = placed(hash, this.heads.length);
    this.nexts[row] = this.heads[place] ?? 0;
    this.heads[place] = row;
  }

  /** Takes a row out that is in with this hash. */
  remove(row: number, hash: number): void {
    const { heads, nexts } = this;
    const place = placed(hash, heads.length);
    const behind = nexts[row] ?? 0;
    let before = heads[place] ?? 0;
    if (before === row) {
      heads[place] = behind;
      return;
    }
    for (let next = nexts[before] ?? 0; next !== row && next !== 0; next = nexts[before] ?? 0) before = next;
    nexts[before] = behind;
  }

  /** Has room for the rows below `rowsMax`, and none of them in. */
  reset(rowsMax: number): void {
    this.heads = rowsOf(rowsMax, placesFor(rowsMax));
    this.nexts = rowsOf(rowsMax);
  }
}

function placesFor(rowsMax: number): number {
  return Math.ceil(rowsMax / 2);
}
