const slotsMin = 2 ** 12;
/** Beyond this share of taken slots the table doubles: up to there a search takes some two steps. */
const fullShare = 0.6;
const objectsMin = 2 ** 10;

/**
 * Objects of a trace by the hash of their names, numbered 0, 1, 2 … as they come. The names themselves are not kept: a
 * trace with ten million of them fits in 400 MB.
 */
export class ObjectTable {
  private highs = new Uint32Array(slotsMin);
  private lows = new Uint32Array(slotsMin);
  /** The object's number and 1; 0: a free slot. */
  private numbers = new Uint32Array(slotsMin);
  private sizes = new Uint32Array(objectsMin);
  private known = 0;

  /** Objects so far. */
  get count(): number {
    return this.known;
  }

  /** The number of the object whose name has this hash, and which takes so many bytes or more. */
  intern(high: number, low: number, bytes: number): number {
    const slot = this.slotOf(high, low);
    const number = (this.numbers[slot] ?? 0) - 1;
    if (number < 0) return this.add(slot, { high, low, bytes });
    if ((this.sizes[number] ?? 0) < bytes) this.sizes[number] = bytes;
    return number;
  }

  /** Bytes of each object: the most that a request asked for. */
  objectBytes(): Uint32Array {
    return this.sizes.slice(0, this.known);
  }

  private slotOf(high: number, low: number): number {
    const mask = this.numbers.length - 1;
    let slot = low & mask;
    while (this.numbers[slot] !== 0 && (this.lows[slot] !== low || this.highs[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  private add(slot: number, { high, low, bytes }: { high: number; low: number; bytes: number }): number {
    const number = this.known++;
    this.highs[slot] = high;
    this.lows[slot] = low;
    this.numbers[slot] = this.known;
    if (number === this.sizes.length) this.sizes = doubled(this.sizes);
    this.sizes[number] = bytes;
    if (this.known > this.numbers.length * fullShare) this.grow();
    return number;
  }

  private grow(): void {
    const { highs, lows, numbers } = this;
    this.highs = new Uint32Array(2 * highs.length);
    this.lows = new Uint32Array(2 * lows.length);
    this.numbers = new Uint32Array(2 * numbers.length);
    for (let slot = 0; slot < numbers.length; slot++) {
      const [number = 0, high = 0, low = 0] = [numbers[slot], highs[slot], lows[slot]];
      if (number === 0) continue;
      const to = this.slotOf(high, low);
      this.highs[to] = high;
      this.lows[to] = low;
      this.numbers[to] = number;
    }
  }
}

function doubled(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
