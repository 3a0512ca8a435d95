import { at, hash } from '../numbers';
import { recentPerSubscriber, subscribersFollowedMax } from './limits';

/** Rows that a subscriber may stand in. */
const ways = 4;
const rowsMin = 2 ** 10;

/** What subscribers asked for last, newest first, each object once. Of more subscribers than there is room for the idlest are forgotten. */
export class RecentRequests {
  /** Of each row its objects, as their numbers and 1; 0: no more. */
  objects: Uint32Array = new Uint32Array(rowsMin * recentPerSubscriber);
  private keys = new Uint32Array(rowsMin);
  /** When the row's subscriber asked last; 0: it has none. */
  private times = new Uint32Array(rowsMin);
  private taken = 0;

  /** @param rowsMax A power of two. */
  constructor(private readonly rowsMax: number = subscribersFollowedMax) {}

  get stateBytes(): number {
    return this.objects.byteLength + this.keys.byteLength + this.times.byteLength;
  }

  /** The row of a subscriber, named by 32 bits: empty if nothing is known of him. Good until the next call. */
  rowOf(subscriber: number): number {
    if (this.taken * 2 > this.keys.length && this.keys.length < this.rowsMax) this.grow();
    const row = this.find(subscriber);
    if (this.keys[row] === subscriber && this.times[row] !== 0) return row;
    if (this.times[row] === 0) this.taken++;
    this.keys[row] = subscriber;
    this.times[row] = 0;
    this.objects.fill(0, row * recentPerSubscriber, (row + 1) * recentPerSubscriber);
    return row;
  }

  /** When the row's subscriber asked last; 0: never. */
  timeOf(row: number): number {
    return at(this.times, row);
  }

  /** The row's subscriber asks for an object at a time, which is not 0. */
  note(row: number, object: number, now: number): void {
    const { objects } = this;
    const first = row * recentPerSubscriber;
    let place = first;
    while (place < first + recentPerSubscriber - 1 && objects[place] !== object + 1 && objects[place] !== 0) place++;
    for (; place > first; place--) objects[place] = at(objects, place - 1);
    objects[first] = object + 1;
    this.times[row] = now;
  }

  /** The subscriber's row, or the one in his set that is empty or idlest. */
  private find(subscriber: number): number {
    const { keys, times } = this;
    const first = hash(subscriber, 0, 0) & (keys.length - ways);
    let idlest = first;
    for (let row = first; row < first + ways; row++) {
      if (keys[row] === subscriber && times[row] !== 0) return row;
      if (at(times, row) < at(times, idlest)) idlest = row;
    }
    return idlest;
  }

  private grow(): void {
    const { keys, times, objects } = this;
    this.keys = new Uint32Array(2 * keys.length);
    this.times = new Uint32Array(2 * keys.length);
    this.objects = new Uint32Array(2 * objects.length);
    this.taken = 0;
    for (let row = 0; row < keys.length; row++) {
      if (times[row] === 0) continue;
      const to = this.find(at(keys, row));
      if (this.times[to] === 0) this.taken++;
      else if (at(this.times, to) > at(times, row)) continue;
      this.keys[to] = at(keys, row);
      this.times[to] = at(times, row);
      this.objects.set(
        objects.subarray(row * recentPerSubscriber, (row + 1) * recentPerSubscriber),
        to * recentPerSubscriber,
      );
    }
  }
}
