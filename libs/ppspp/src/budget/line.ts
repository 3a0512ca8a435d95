import { limits, type Micros } from '../limits';

/** Who waits for a part of what there is not enough of: each in turn, the one that waited longest first. */
export class Line<Key> {
  private readonly waiting = new Set<Key>();
  /** What those may take whose turn it is, until the next. */
  private readonly parts = new Map<Key, number>();
  private turnedAt: Micros = Number.NEGATIVE_INFINITY;
  private waitsSince: Micros = 0;
  /** When the last one was served, while nobody waits. */
  private emptiedAt: Micros | undefined = 0;
  private waitedBefore: Micros = 0;

  get empty(): boolean {
    return this.waiting.size === 0;
  }

  /** True for one that waits, or whose turn it is. */
  has(key: Key): boolean {
    return this.waiting.has(key) || this.parts.has(key);
  }

  /** How much of `credit` one may take now: nothing while others were there before. */
  part(key: Key, credit: number, now: Micros): number {
    if (now >= this.turnedAt + limits.budgetTurn) this.parts.clear();
    const part = this.parts.get(key);
    if (part !== undefined) return Math.min(part, credit);
    return this.waiting.size > 0 || this.parts.size > 0 ? 0 : credit;
  }

  /** It was taken. */
  took(key: Key, amount: number): void {
    const part = this.parts.get(key);
    if (part === undefined) return;
    if (part > amount) this.parts.set(key, part - amount);
    else this.parts.delete(key);
  }

  /** One needs more than it may take. */
  join(key: Key, now: Micros): void {
    this.waiting.add(key);
    if (this.emptiedAt === undefined) return;
    if (this.hasRested(now)) {
      this.waitedBefore += Math.max(0, this.emptiedAt - this.waitsSince);
      this.waitsSince = now;
    }
    this.emptiedAt = undefined;
  }

  /** One is gone, and needs nothing any more. */
  leave(key: Key, now: Micros): void {
    this.parts.delete(key);
    if (this.waiting.delete(key) && this.waiting.size === 0) this.emptiedAt ??= now;
  }

  /** Divides what there is: whose turn it is now. */
  turn(credit: number, now: Micros): Key[] {
    this.parts.clear();
    this.turnedAt = now;
    const each = Math.max(limits.budgetQuantum, credit / Math.max(1, this.waiting.size));
    let remaining = credit;
    for (const key of this.waiting) {
      // What is left is too little for a turn, unless there is never more.
      if (remaining < (this.parts.size === 0 ? 1 : each)) break;
      this.parts.set(key, Math.min(each, remaining));
      this.waiting.delete(key);
      remaining -= each;
    }
    if (this.waiting.size === 0) this.emptiedAt ??= now;
    return [...this.parts.keys()];
  }

  /** The next turn comes not before this. */
  get nextTurn(): Micros {
    return this.turnedAt + limits.budgetTurn;
  }

  /** How long somebody has been waiting without a break, but for turns that were not enough; 0 if nobody does. */
  waits(now: Micros): Micros {
    return this.hasRested(now) ? 0 : (this.emptiedAt ?? now) - this.waitsSince;
  }

  /** How long somebody waited in all. */
  waited(now: Micros): Micros {
    return this.waitedBefore + Math.max(0, (this.emptiedAt ?? now) - this.waitsSince);
  }

  private hasRested(now: Micros): boolean {
    return this.emptiedAt !== undefined && now > this.emptiedAt + 2 * limits.budgetTurn;
  }
}
