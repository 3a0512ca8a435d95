import type { ExtentRef } from '@weir/store';
import type { Change, Wish } from './journal';
import type { Tables } from './tables';

/** Changes by which an extent comes, to disk or into memory, and by which it leaves. */
const arrivals = ['putExtent', 'hold'];
const departures = ['removeExtent', 'drop'];

/**
 * What a client asked of the writer and is not answered yet. What it asked for must be true at some moment before the answer: it
 * may come and go again, within one transaction too.
 */
export class Question {
  /** Extents to be written that were held at some moment. */
  private readonly seen = new Set<number>();
  /** What was to go was gone at some moment, or the rule stood. */
  private isDone = false;

  constructor(private readonly wish: Wish) {}

  /** Sees the tables between two transactions. */
  look(tables: Tables): void {
    const { wish } = this;
    switch (wish.type) {
      case 'write':
        for (const index of wish.indexes) if (tables.holds(wish.swarmId, index)) this.seen.add(index);
        break;
      case 'erase':
        this.isDone ||= !tables.holds(wish.swarmId, wish.index);
        break;
      case 'purge':
        this.isDone ||= !tables.knows(wish.swarmId);
        break;
      case 'rule':
        this.isDone ||= tables.follows(wish.change);
        break;
    }
  }

  /** Sees one change within a transaction; `swarmId` is whose it is, if that is known. */
  follow([name, first, second]: Change, swarmId: string | undefined): void {
    const { wish } = this;
    if (name === 'putRule')
      this.isDone ||= wish.type === 'rule' && JSON.stringify(wish.change) === JSON.stringify(first);
    if (wish.swarmId !== swarmId) return;
    if (arrivals.includes(name)) this.seen.add(Number(second));
    if (departures.includes(name)) this.left(Number(second));
    if (name === 'removeSwarm') this.removed();
  }

  /** Sees what came into memory or left it. */
  moved(refs: readonly ExtentRef[]): void {
    for (const { swarmId, index } of refs) if (swarmId === this.wish.swarmId) this.seen.add(index);
  }

  /** Why the answer is not true; undefined if it is. `failed` are the extents that were not written. */
  lie(failed: ReadonlySet<number>): string | undefined {
    const { wish } = this;
    if (wish.type !== 'write')
      return this.isDone ? undefined : `answered, but in no transaction: ${JSON.stringify(wish)}`;
    const lost = wish.indexes.filter((index) => !failed.has(index) && !this.seen.has(index));
    return lost.length === 0 ? undefined : `written, but in no transaction: ${wish.swarmId} ${lost.join()}`;
  }

  private left(index: number): void {
    const { wish } = this;
    if (wish.type === 'erase') this.isDone ||= wish.index === index;
    // Of a swarm that is in memory alone there is no record that would go.
    if (wish.type === 'purge') this.isDone = true;
  }

  /** A swarm that goes may have come within the same transaction: then no record tells which extents were its. */
  private removed(): void {
    if (this.wish.type === 'write') for (const index of this.wish.indexes) this.seen.add(index);
    else if (this.wish.type !== 'rule') this.isDone = true;
  }
}
