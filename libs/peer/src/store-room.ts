import type { Micros } from '@weir/ppspp';
import { storeFullSpan } from './limits';

/**
 * Remembers that the store took nothing, for want of disk. Nobody tells when it takes something again but a write, so that after
 * a while it is tried once more.
 */
export class StoreRoom {
  private refusedAt: Micros | undefined;

  /** A write was refused for want of disk; true if that is news. */
  refused(now: Micros): boolean {
    const isNews = this.refusedAt === undefined;
    this.refusedAt = now;
    return isNews;
  }

  /** A write was taken; true if that is news. */
  taken(): boolean {
    const isNews = this.refusedAt !== undefined;
    this.refusedAt = undefined;
    return isNews;
  }

  /** Lets time pass; true if the last refusal is so long ago that it counts no more. */
  expire(now: Micros): boolean {
    return this.refusedAt !== undefined && now - this.refusedAt > storeFullSpan && this.taken();
  }
}
