import type { Micros } from '@weir/ppspp';
import { storeFullSpan } from './limits';

/** When the store last refused a write for want of disk, as all threads know it; 0 if it took one since. */
export interface Refusals {
  storeRefusedAt: Micros;
}

/**
 * Remembers that the store took nothing, for want of disk. Nobody tells when it takes something again but a write, so that after
 * a while it is tried once more. What one thread hears is news to all.
 */
export class StoreRoom {
  private told = false;

  constructor(private readonly refusals: Refusals) {}

  /** A write was refused for want of disk. */
  refused(now: Micros): void {
    this.refusals.storeRefusedAt = now;
  }

  /** A write was taken. */
  taken(): void {
    this.refusals.storeRefusedAt = 0;
  }

  /** Whether the store is full, if that is news to this thread; undefined if it is not. */
  news(now: Micros): boolean | undefined {
    const { storeRefusedAt } = this.refusals;
    const isFull = storeRefusedAt > 0 && now - storeRefusedAt <= storeFullSpan;
    if (isFull === this.told) return undefined;
    this.told = isFull;
    return isFull;
  }
}
