import type { Cells } from '@weir/ppspp';

/** Numbers in memory that all threads share. No lock: who finds that another was faster does it again. */
export class SharedCells implements Cells {
  private readonly values: BigInt64Array;

  /** The view of one thread; `memory` is that of another's `memory`, or as many numbers as it is to have. */
  constructor(memory: SharedArrayBuffer | number) {
    this.values =
      typeof memory === 'number'
        ? new BigInt64Array(new SharedArrayBuffer(memory * BigInt64Array.BYTES_PER_ELEMENT))
        : new BigInt64Array(memory);
  }

  get memory(): SharedArrayBuffer {
    const { buffer } = this.values;
    return buffer instanceof SharedArrayBuffer ? buffer : new SharedArrayBuffer(0);
  }

  read(at: number): number {
    return Number(Atomics.load(this.values, at));
  }

  write(at: number, value: number): void {
    Atomics.store(this.values, at, BigInt(Math.round(value)));
  }

  update(at: number, change: (value: number) => number): void {
    for (let seen = Atomics.load(this.values, at); ;) {
      const next = BigInt(Math.round(change(Number(seen))));
      const found = Atomics.compareExchange(this.values, at, seen, next);
      if (found === seen) return;
      seen = found;
    }
  }
}
