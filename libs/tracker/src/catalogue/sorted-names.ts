/** One page of something, ordered; `next` is what to ask for as `after`, undefined on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** A set of names that is read in order, page by page. They are sorted when somebody reads: there are more changes than readers. */
export class SortedNames {
  private readonly names = new Set<string>();
  private sorted: readonly string[] | undefined;

  get size(): number {
    return this.names.size;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.names.values();
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** Whether it was not there. */
  add(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    this.sorted = undefined;
    return true;
  }

  /** Whether it was there. */
  delete(name: string): boolean {
    if (!this.names.delete(name)) return false;
    this.sorted = undefined;
    return true;
  }

  /** At most `limit` names behind `after`. */
  page(after: string, limit: number): Page<string> {
    this.sorted ??= [...this.names].sort();
    const start = firstBehind(this.sorted, after);
    const items = this.sorted.slice(start, start + limit);
    return { items, next: start + limit < this.sorted.length ? items.at(-1) : undefined };
  }
}

function firstBehind(sorted: readonly string[], after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle] ?? '') <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
