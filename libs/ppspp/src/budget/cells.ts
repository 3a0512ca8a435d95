/** Numbers at fixed places, which several endpoints may have in common: whole ones, below 2^53 and not negative. */
export interface Cells {
  read(at: number): number;
  write(at: number, value: number): void;
  /** Replaces a number by what `change` makes of it, as one step, whoever else does so. */
  update(at: number, change: (value: number) => number): void;
}

/** Those of one endpoint, or of several on one thread. */
export class LocalCells implements Cells {
  private readonly values: Float64Array;

  constructor(count: number) {
    this.values = new Float64Array(count);
  }

  read(at: number): number {
    return this.values[at] ?? 0;
  }

  write(at: number, value: number): void {
    this.values[at] = value;
  }

  update(at: number, change: (value: number) => number): void {
    this.values[at] = change(this.read(at));
  }
}
