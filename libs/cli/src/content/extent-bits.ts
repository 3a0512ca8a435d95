/** A set of extents below a fixed count: a bit for each. */
export class ExtentBits implements Iterable<number> {
  readonly bytes: Uint8Array;
  private members = 0;

  constructor(readonly count: number) {
    this.bytes = new Uint8Array(Math.ceil(count / 8));
  }

  /** How many extents are in the set. */
  get size(): number {
    return this.members;
  }

  has(extent: number): boolean {
    return extent < this.count && (this.byteOf(extent) & bitOf(extent)) !== 0;
  }

  /** What is beyond the count is left out. */
  add(extent: number): void {
    if (extent >= this.count || this.has(extent)) return;
    this.bytes[Math.floor(extent / 8)] = this.byteOf(extent) | bitOf(extent);
    this.members++;
  }

  delete(extent: number): void {
    if (!this.has(extent)) return;
    this.bytes[Math.floor(extent / 8)] = this.byteOf(extent) & ~bitOf(extent);
    this.members--;
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let extent = 0; extent < this.count; extent++) if (this.has(extent)) yield extent;
  }

  private byteOf(extent: number): number {
    return this.bytes[Math.floor(extent / 8)] ?? 0;
  }
}

function bitOf(extent: number): number {
  return 1 << (extent % 8);
}
