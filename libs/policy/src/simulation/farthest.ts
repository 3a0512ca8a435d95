/**
 * Objects by when they are asked for next, the farthest at hand: a heap in typed arrays, in which each object knows its place.
 */
export class Farthest {
  private heap = new Uint32Array(1_024);
  /** When each object is asked for next, by its number. */
  private readonly nextUses: Uint32Array;
  /** Its place in the heap and 1; 0: it is not there. */
  private readonly places: Uint32Array;
  private held = 0;

  /** For objects numbered below `objects`. */
  constructor(objects: number) {
    this.nextUses = new Uint32Array(objects);
    this.places = new Uint32Array(objects);
  }

  /** Objects in it. */
  get size(): number {
    return this.held;
  }

  /** Bytes of memory. */
  get stateBytes(): number {
    return this.heap.byteLength + this.nextUses.byteLength + this.places.byteLength;
  }

  has(object: number): boolean {
    return this.places[object] !== 0;
  }

  /** The object that is asked for last; only where there is one. */
  get last(): number {
    return this.heap[0] ?? 0;
  }

  /** When an object in it is asked for next. */
  nextUse(object: number): number {
    return this.nextUses[object] ?? 0;
  }

  /** Adds an object, or says that it is asked for later than was known. */
  put(object: number, nextUse: number): void {
    this.nextUses[object] = nextUse;
    const place = (this.places[object] ?? 0) - 1;
    if (place >= 0) {
      this.rise(object, place);
      return;
    }
    if (this.held === this.heap.length) this.grow();
    this.rise(object, this.held++);
  }

  /** Takes an object out. */
  remove(object: number): void {
    const place = (this.places[object] ?? 0) - 1;
    if (place < 0) return;
    this.places[object] = 0;
    const moved = this.heap[--this.held] ?? 0;
    if (moved === object) return;
    const parent = this.heap[(place - 1) >> 1] ?? 0;
    if (place > 0 && this.nextUse(parent) < this.nextUse(moved)) this.rise(moved, place);
    else this.sink(moved, place);
  }

  private rise(object: number, from: number): void {
    const use = this.nextUse(object);
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.heap[above] ?? 0;
      if (this.nextUse(parent) >= use) break;
      this.set(place, parent);
      place = above;
    }
    this.set(place, object);
  }

  private sink(object: number, from: number): void {
    const use = this.nextUse(object);
    let place = from;
    for (;;) {
      const child = this.laterChild(place);
      if (child < 0 || this.nextUse(this.heap[child] ?? 0) <= use) break;
      this.set(place, this.heap[child] ?? 0);
      place = child;
    }
    this.set(place, object);
  }

  private laterChild(place: number): number {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    if (left >= this.held) return -1;
    if (right >= this.held) return left;
    return this.nextUse(this.heap[left] ?? 0) >= this.nextUse(this.heap[right] ?? 0) ? left : right;
  }

  private set(place: number, object: number): void {
    this.heap[place] = object;
    this.places[object] = place + 1;
  }

  private grow(): void {
    const larger = new Uint32Array(2 * this.heap.length);
    larger.set(this.heap);
    this.heap = larger;
  }
}
