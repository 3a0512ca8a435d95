/** Rows, each once, gone round in a ring: none of it takes the longer the more there are. */
export class Roster {
  private readonly rows: number[] = [];
  /** Where each row stands. */
  private readonly places = new Map<number, number>();
  /** Where the last look ended. */
  private hand = 0;

  get size(): number {
    return this.rows.length;
  }

  /** The row behind the one before; 0: there is none. */
  next(): number {
    this.hand = this.hand + 1 < this.rows.length ? this.hand + 1 : 0;
    return this.rows[this.hand] ?? 0;
  }

  /** Has a row in, or not. */
  set(row: number, isIn: boolean): void {
    const place = this.places.get(row);
    if (isIn && place === undefined) this.places.set(row, this.rows.push(row) - 1);
    else if (!isIn && place !== undefined) this.remove(row, place);
  }

  /** The last one takes the place. */
  private remove(row: number, place: number): void {
    this.places.delete(row);
    const last = this.rows.pop();
    if (last === undefined || last === row) return;
    this.rows[place] = last;
    this.places.set(last, place);
  }
}
