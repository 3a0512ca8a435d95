import type { Micros } from '@weir/ppspp';
import { storeFullSpan } from './limits';

/** When the store last refused a write for want of disk, as all threads know it; 0 if it took one since. */
export interface Refusals {
  storeRefusedAt: Micros;
}

/**
 * Remembers that the store takes nothing. For want of disk: nobody tells when it takes something again but a write, so that after
 * a while it is tried once more, and what one thread hears is news to all. Or because it is down, or too slow, of which each thread
 * hears itself.
 */
export class StoreRoom {
  private told = false;
  private readonly reasons = new Set<'down' | 'slow'>();

  constructor(private readonly refusals: Refusals) {}

  /** A write was refused for want of disk. */
  refused(now: Micros): void {
    this.refusals.storeRefusedAt = now;
  }

  /** A write was taken. */
  taken(): void {
    this.refusals.storeRefusedAt = 0;
  }

  /** The store is of no use for this reason from now on, or no longer. */
  note(reason: 'down' | 'slow', holds: boolean): void {
    if (holds) this.reasons.add(reason);
    else this.reasons.delete(reason);
  }

  /** Whether the store takes nothing, if that is news to this thread; undefined if it is not. */
  news(now: Micros): boolean | undefined {
    const { storeRefusedAt } = this.refusals;
    const isFull = storeRefusedAt > 0 && now - storeRefusedAt <= storeFullSpan;
    const takesNothing = isFull || this.reasons.size > 0;
    if (takesNothing === this.told) return undefined;
    this.told = takesNothing;
    return takesNothing;
  }
}
