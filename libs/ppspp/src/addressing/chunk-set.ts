import type { ChunkRange } from './chunk-range';

/**
 * A set of chunks as sorted, disjoint, non-adjacent runs. Look-ups take logarithmic time, changes are linear in the
 * number of runs, which `runsMax` bounds: what would add a run too many is refused, since a set that knows less is
 * safe everywhere it is used (a peer has less, a peer knows fewer hashes).
 */
export class ChunkSet {
  private readonly firsts: number[] = [];
  private readonly lasts: number[] = [];

  constructor(private readonly runsMax = Number.MAX_SAFE_INTEGER) {}

  /** Adds a range; false if the bound on runs forbids it. */
  add({ first, last }: ChunkRange): boolean {
    const from = this.firstRunEndingAt(first - 1);
    let until = from;
    let newFirst = first;
    let newLast = last;
    while (until < this.firsts.length && (this.firsts[until] ?? 0) <= last + 1) {
      newFirst = Math.min(newFirst, this.firsts[until] ?? newFirst);
      newLast = Math.max(newLast, this.lasts[until] ?? newLast);
      until++;
    }
    if (until === from && this.firsts.length >= this.runsMax) return false;
    this.firsts.splice(from, until - from, newFirst);
    this.lasts.splice(from, until - from, newLast);
    return true;
  }

  /** Removes a range. It may split one run into two: who takes removals from a peer bounds them by `runCount`. */
  remove({ first, last }: ChunkRange): void {
    const from = this.firstRunEndingAt(first);
    const keptFirsts: number[] = [];
    const keptLasts: number[] = [];
    let until = from;
    while (until < this.firsts.length && (this.firsts[until] ?? 0) <= last) {
      const runFirst = this.firsts[until] ?? 0;
      const runLast = this.lasts[until] ?? 0;
      if (runFirst < first) keep(runFirst, first - 1);
      if (runLast > last) keep(last + 1, runLast);
      until++;
    }
    this.firsts.splice(from, until - from, ...keptFirsts);
    this.lasts.splice(from, until - from, ...keptLasts);

    function keep(keptFirst: number, keptLast: number): void {
      keptFirsts.push(keptFirst);
      keptLasts.push(keptLast);
    }
  }

  has(chunk: number): boolean {
    return this.intersects({ first: chunk, last: chunk });
  }

  /** True if any chunk of the range is in the set. */
  intersects({ first, last }: ChunkRange): boolean {
    const run = this.firstRunEndingAt(first);
    return run < this.firsts.length && (this.firsts[run] ?? 0) <= last;
  }

  /** True if every chunk of the range is in the set. */
  covers({ first, last }: ChunkRange): boolean {
    const run = this.runAt(first);
    return run !== undefined && run.last >= last;
  }

  /** The whole run that holds the chunk. */
  runAt(chunk: number): ChunkRange | undefined {
    const run = this.firstRunEndingAt(chunk);
    const first = this.firsts[run];
    const last = this.lasts[run];
    return first === undefined || last === undefined || first > chunk ? undefined : { first, last };
  }

  /** The smallest member at or after `chunk`. */
  nextIn(chunk: number): number | undefined {
    const first = this.firsts[this.firstRunEndingAt(chunk)];
    return first === undefined ? undefined : Math.max(first, chunk);
  }

  /** The smallest chunk at or after `chunk` that is not a member. */
  nextOut(chunk: number): number {
    const run = this.runAt(chunk);
    return run === undefined ? chunk : run.last + 1;
  }

  /** The parts of a range that are not in the set, ascending. */
  gaps({ first, last }: ChunkRange): ChunkRange[] {
    const gaps: ChunkRange[] = [];
    let from = first;
    for (let run = this.firstRunEndingAt(first); from <= last; run++) {
      const next = this.firsts[run] ?? Number.POSITIVE_INFINITY;
      if (next > from) gaps.push({ first: from, last: Math.min(last, next - 1) });
      from = (this.lasts[run] ?? Number.POSITIVE_INFINITY) + 1;
    }
    return gaps;
  }

  /** The runs, ascending. */
  runs(): ChunkRange[] {
    return this.firsts.map((first, at) => ({ first, last: this.lasts[at] ?? first }));
  }

  get runCount(): number {
    return this.firsts.length;
  }

  /** How many chunks are in the set. */
  get size(): number {
    let total = 0;
    this.firsts.forEach((first, at) => (total += (this.lasts[at] ?? first) - first + 1));
    return total;
  }

  clear(): void {
    this.firsts.length = 0;
    this.lasts.length = 0;
  }

  /** Index of the first run whose last chunk is at or after `chunk`. */
  private firstRunEndingAt(chunk: number): number {
    let low = 0;
    let high = this.lasts.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.lasts[middle] ?? 0) < chunk) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
