const wordBits = 32;

/** Numbers of extents. Those of one run of 32 share an entry, so that a run costs a bit each, and a stray one no more than an entry. */
export class ExtentSet {
  private readonly words = new Map<number, number>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  has(index: number): boolean {
    return ((this.words.get(wordOf(index)) ?? 0) & bitOf(index)) !== 0;
  }

  add(index: number): void {
    const word = wordOf(index);
    const bits = this.words.get(word) ?? 0;
    const more = bits | bitOf(index);
    if (more === bits) return;
    this.words.set(word, more);
    this.count++;
  }

  delete(index: number): void {
    const word = wordOf(index);
    const bits = this.words.get(word) ?? 0;
    const fewer = bits & ~bitOf(index);
    if (fewer === bits) return;
    if (fewer === 0) this.words.delete(word);
    else this.words.set(word, fewer);
    this.count--;
  }

  /** How many there are of the `length` from `first` on: a power of two, 32 at most, of which `first` is a multiple. */
  countOf(first: number, length: number): number {
    return bitsIn(this.run(first, length));
  }

  /** Those of such a run, ascending. */
  of(first: number, length: number): number[] {
    const indexes: number[] = [];
    const bits = this.run(first, length);
    for (let at = 0; at < length; at++) if (((bits >>> at) & 1) === 1) indexes.push(first + at);
    return indexes;
  }

  /** Which runs of such a length are not empty, by number. */
  *runs(length: number): Iterable<number> {
    for (const word of this.words.keys()) {
      for (let first = word * wordBits; first < (word + 1) * wordBits; first += length)
        if (this.run(first, length) !== 0) yield first / length;
    }
  }

  private run(first: number, length: number): number {
    const bits = (this.words.get(wordOf(first)) ?? 0) >>> (first % wordBits);
    return length === wordBits ? bits : bits & (2 ** length - 1);
  }
}

function wordOf(index: number): number {
  return Math.floor(index / wordBits);
}

function bitOf(index: number): number {
  return 1 << (index % wordBits);
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
