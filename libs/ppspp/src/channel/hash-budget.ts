import { limits } from '../limits';

/**
 * Hashes that one peer may have us compute for nothing: some to begin with, and more for each chunk of its that verified, so
 * that what it costs is in proportion to what it brings. RFC 7574 section 12.6.1.
 */
export class HashBudget {
  private left: number = limits.hashesForNothing;

  /** A chunk verified. */
  earn(): void {
    this.left = Math.min(limits.hashesForNothingMax, this.left + limits.hashesEarned);
  }

  /** So many led to nothing; false when that is too much. */
  spend(hashes: number): boolean {
    this.left -= hashes;
    return this.left >= 0;
  }
}
