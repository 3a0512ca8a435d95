import type { Micros } from '../limits';

interface Entry<Key> {
  readonly key: Key;
  readonly at: Micros;
}

/** The next deadline of each of many keys: a binary heap whose outdated entries are skipped when they surface. */
export class Deadlines<Key> {
  private readonly heap: Entry<Key>[] = [];
  private readonly current = new Map<Key, Micros>();

  /** Sets, moves or (with undefined) removes the deadline of a key. */
  set(key: Key, at: Micros | undefined): void {
    if (at === undefined) {
      this.current.delete(key);
      return;
    }
    if (this.current.get(key) === at) return;
    this.current.set(key, at);
    this.push({ key, at });
    if (this.heap.length > 4 * this.current.size + 64) this.rebuild();
  }

  /** The earliest deadline. */
  next(): Micros | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.current.get(top.key) === top.at) return top.at;
      this.pop();
    }
    return undefined;
  }

  /** Takes out the keys whose deadline has come. */
  due(now: Micros): Key[] {
    const due: Key[] = [];
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      const top = this.pop();
      if (top === undefined) break;
      this.current.delete(top.key);
      due.push(top.key);
    }
    return due;
  }

  private rebuild(): void {
    this.heap.length = 0;
    for (const [key, at] of this.current) this.push({ key, at });
  }

  private push(entry: Entry<Key>): void {
    let at = this.heap.length;
    this.heap.push(entry);
    while (at > 0) {
      const parent = Math.floor((at - 1) / 2);
      const above = this.heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      this.heap[at] = above;
      this.heap[parent] = entry;
      at = parent;
    }
  }

  private pop(): Entry<Key> | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (top === undefined || last === undefined || this.heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const child = this.smallerChild(at);
      const below = this.heap[child];
      if (below === undefined || below.at >= last.at) break;
      this.heap[at] = below;
      at = child;
    }
    this.heap[at] = last;
    return top;
  }

  private smallerChild(at: number): number {
    const left = 2 * at + 1;
    const leftEntry = this.heap[left];
    const rightEntry = this.heap[left + 1];
    return rightEntry !== undefined && leftEntry !== undefined && rightEntry.at < leftEntry.at ? left + 1 : left;
  }
}
