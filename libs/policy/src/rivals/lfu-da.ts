import { at, copied, grown } from '../numbers';
import { Rival } from './rival';

const rowsAtFirst = 1024;

/**
 * Least frequently used with dynamic aging (Arlitt et al., 2000): a segment's key is how often it was asked for, plus the key
 * of the last that left when it was asked for; the lowest leaves, of equals the one asked for longest ago.
 */
export class LfuDaPolicy extends Rival {
  private age = 0;
  private clock = 0;
  /** By row. */
  private keys = new Float64Array(rowsAtFirst);
  private uses = new Float64Array(rowsAtFirst);
  private counts = new Uint32Array(rowsAtFirst);
  private places = new Uint32Array(rowsAtFirst);
  /** Rows as a heap, the lowest key at 1. */
  private heap = new Uint32Array(rowsAtFirst);
  private heaped = 0;

  override get stateBytes(): number {
    const { keys, uses, counts, places, heap } = this;
    return [keys, uses, counts, places, heap].reduce((sum, { byteLength }) => sum + byteLength, super.stateBytes);
  }

  protected touched(row: number): void {
    this.rank(row, at(this.counts, row) + 1);
    this.sink(at(this.places, row));
  }

  protected admit(swarm: number, segment: number, bytes: number): boolean {
    this.makeRoom(bytes);
    const row = this.add(swarm, segment, bytes);
    if (row >= this.keys.length) this.grow();
    this.rank(row, 1);
    this.heaped++;
    this.put(this.heaped, row);
    this.rise(this.heaped);
    return true;
  }

  protected makeRoom(bytes: number): void {
    while (this.heaped > 0 && this.residentBytes + bytes > this.capacityBytes) {
      const lowest = at(this.heap, 1);
      this.age = at(this.keys, lowest);
      this.evict(lowest);
    }
  }

  protected unlink(row: number): void {
    const place = at(this.places, row);
    const last = at(this.heap, this.heaped--);
    if (last === row) return;
    this.put(place, last);
    this.rise(place);
    this.sink(at(this.places, last));
  }

  private rank(row: number, count: number): void {
    this.counts[row] = count;
    this.keys[row] = this.age + count;
    this.uses[row] = ++this.clock;
  }

  private put(place: number, row: number): void {
    this.heap[place] = row;
    this.places[row] = place;
  }

  private lower(row: number, than: number): boolean {
    const difference = at(this.keys, row) - at(this.keys, than);
    return difference === 0 ? at(this.uses, row) < at(this.uses, than) : difference < 0;
  }

  private rise(from: number): void {
    const row = at(this.heap, from);
    let place = from;
    for (let above = place >>> 1; above > 0 && this.lower(row, at(this.heap, above)); above = place >>> 1) {
      this.put(place, at(this.heap, above));
      place = above;
    }
    this.put(place, row);
  }

  private sink(from: number): void {
    const row = at(this.heap, from);
    let place = from;
    for (let below = place * 2; below <= this.heaped; below = place * 2) {
      if (below < this.heaped && this.lower(at(this.heap, below + 1), at(this.heap, below))) below++;
      if (!this.lower(at(this.heap, below), row)) break;
      this.put(place, at(this.heap, below));
      place = below;
    }
    this.put(place, row);
  }

  private grow(): void {
    const rows = grown(this.keys.length);
    this.keys = copied(this.keys, new Float64Array(rows));
    this.uses = copied(this.uses, new Float64Array(rows));
    this.counts = copied(this.counts, new Uint32Array(rows));
    this.places = copied(this.places, new Uint32Array(rows));
    this.heap = copied(this.heap, new Uint32Array(rows));
  }
}
