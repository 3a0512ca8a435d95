import { at } from '../numbers';

const counterMax = 15;
/** Counters of 4 bits in a word of 32. */
const countersEach = 8;
/** Hash functions, as in the publication. */
const rows = 4;
const rowKeys = new Uint32Array([0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f]);
/** All counters are halved after so many additions for each counter of a row. */
const sampleFactor = 10;
const countersMax = 2 ** 28;

/**
 * How often something was seen of late, roughly: a count-min sketch of 4-bit counters, incremented conservatively, halved
 * now and then (Einziger, Friedman, Manes: TinyLFU, 2017).
 */
export class FrequencySketch {
  private readonly words: Uint32Array;
  private readonly counters: number;
  private additions = 0;

  /** @param things How many things are told apart well. */
  constructor(things: number) {
    this.counters = Math.min(countersMax, 2 ** Math.ceil(Math.log2(Math.max(things, countersEach) * rows)));
    this.words = new Uint32Array(this.counters / countersEach);
  }

  get stateBytes(): number {
    return this.words.byteLength;
  }

  /** The count of what has the hash: never too low since the last halving, but for counts above 15. */
  count(hash: number): number {
    let lowest = counterMax;
    for (let row = 0; row < rows; row++) lowest = Math.min(lowest, this.counter(this.place(hash, row)));
    return lowest;
  }

  add(hash: number): void {
    const count = this.count(hash);
    if (count === counterMax) return;
    for (let row = 0; row < rows; row++) {
      const place = this.place(hash, row);
      if (this.counter(place) === count) this.increment(place);
    }
    if (++this.additions >= (sampleFactor * this.counters) / rows) this.halve();
  }

  private place(hash: number, row: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), at(rowKeys, row));
    return ((mixed ^ (mixed >>> 13)) >>> 0) & (this.counters - 1);
  }

  private counter(place: number): number {
    return (at(this.words, place >>> 3) >>> ((place & 7) * 4)) & counterMax;
  }

  private increment(place: number): void {
    const word = place >>> 3;
    this.words[word] = at(this.words, word) + 2 ** ((place & 7) * 4);
  }

  private halve(): void {
    for (let word = 0; word < this.words.length; word++) this.words[word] = (at(this.words, word) >>> 1) & 0x77777777;
    this.additions /= 2;
  }
}
