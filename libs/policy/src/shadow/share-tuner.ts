import { shadowSegmentsMax, shadowSegmentsMin } from '../limits';
import { at } from '../numbers';
import { Shadow } from './shadow';

/** Shares of the capacity for probation that are tried. With 1 there is but one queue: see `oneQueue`. */
export const probationShares = [0.05, 0.1, 0.25, 0.5, 1] as const;
/** The share as long as nothing is known. */
export const shareAtFirst = 0.1;

/** Segments of each shadow cache if the cache is large enough. */
const segmentsWanted = 2_000;
/** One fingerprint in 2^4 at most, 2^6 at least is looked at: so many of its low bits are 0. More where that is next to nothing. */
const bitsMin = 4;
const fewSegments = 512;
const bitsForFew = 2;
const bitsMax = 6;

/** A comparison covers so many sampled requests for each segment of a shadow, and at least so many. */
const requestsPerSegment = 1;
const requestsMin = 1_000;
/** What earlier comparisons count in the next. */
const memory = 0.85;
/** So much better in hit ratio another share must be than the one in use. */
const betterBy = 0.001;
/** So much worse than the best a share may be that writes less, but only so little worse than one queue, which is nearly LRU. */
const worseBy = 0.006;
const worseThanLruBy = 0.001;
/** The cache may have so many times more or fewer segments than when the shadows were made. */
const driftMax = 1.5;

/**
 * Finds the share of the capacity that probation is worth: five small caches, each with a share of its own, see a sample of
 * the segments, the same for all. The one with most hits shows the share; of about equal ones the smallest, since
 * what leaves probation in memory is never written.
 */
export class ShareTuner {
  share: number = shareAtFirst;
  private readonly shares: readonly number[];
  private shadows: readonly Shadow[] = [];
  private readonly hits: Float64Array;
  private requests = 0;
  /** Requests since the last comparison. */
  private fresh = 0;
  private mask = 0;
  private segments = 0;

  /** @param shareInMemory Share of the capacity that fits into memory: if smaller than the smallest, it is tried instead. */
  constructor(shareInMemory: number) {
    const [smallest, ...others] = probationShares;
    this.shares = [shareInMemory > 0 ? Math.min(smallest, shareInMemory) : smallest, ...others];
    this.hits = new Float64Array(this.shares.length);
  }

  get stateBytes(): number {
    return this.shadows.reduce((sum, shadow) => sum + shadow.stateBytes, 0);
  }

  /** Begins with a share that was found before, if it is one of those that are tried. */
  restore(share: number): void {
    if (this.shares.includes(share)) this.share = share;
  }

  /** Has shadows that fit a full cache of so many segments; small caches have none, and keep their share. */
  fit(segments: number): void {
    if (segments < this.segments * driftMax && segments * driftMax > this.segments) return;
    this.segments = segments;
    let bits = segments < fewSegments ? bitsForFew : bitsMin;
    while (bits >= bitsMin && bits < bitsMax && segments / 2 ** (bits + 1) >= segmentsWanted) bits++;
    this.mask = 2 ** bits - 1;
    const capacity = Math.min(shadowSegmentsMax, Math.floor(segments / 2 ** bits));
    this.shadows = capacity < shadowSegmentsMin ? [] : this.shares.map((share) => new Shadow(capacity, share));
    this.forget();
  }

  /** A segment was asked for. */
  access(fingerprint: number): void {
    if ((fingerprint & this.mask) !== 0 || this.shadows.length === 0) return;
    const ready = this.shadows[0]?.full === true;
    for (let number = 0; number < this.shadows.length; number++) {
      const hit = this.shadows[number]?.access(fingerprint) === true;
      if (hit && ready) this.hits[number] = at(this.hits, number) + 1;
    }
    if (!ready) return;
    this.requests++;
    this.fresh++;
    if (this.fresh >= Math.max(requestsMin, (requestsPerSegment * this.segments) / (this.mask + 1))) this.compare();
  }

  private compare(): void {
    const current = this.shares.indexOf(this.share);
    const ratio = (number: number): number => at(this.hits, number) / this.requests;
    let best = 0;
    for (let number = 1; number < this.shares.length; number++) if (ratio(number) > ratio(best)) best = number;
    const enough = Math.max(ratio(best) - worseBy, ratio(this.shares.length - 1) - worseThanLruBy);
    const thriftiest = this.shares.findIndex((_, number) => ratio(number) >= enough);
    if (current < 0 || thriftiest < current || ratio(current) < enough - betterBy) {
      this.share = this.shares[thriftiest] ?? shareAtFirst;
    }
    this.requests *= memory;
    for (let number = 0; number < this.hits.length; number++) this.hits[number] = at(this.hits, number) * memory;
    this.fresh = 0;
  }

  private forget(): void {
    this.requests = 0;
    this.fresh = 0;
    this.hits.fill(0);
  }
}
