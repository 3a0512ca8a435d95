import { shadowSegmentsMax, shadowSegmentsMin, smallShadowSegmentsMin } from '../limits';
import { Shadow, type ShadowSources } from './shadow';

/** Shares of the capacity for probation that are tried. With 1 there is but one queue, which is LRU: see `oneQueue`. */
export const probationShares = [0.05, 0.1, 0.25, 0.5, 1] as const;
/** The share as long as nothing is known. */
export const shareAtFirst = 0.1;

/** Segments of each shadow cache if the cache is large enough. */
const segmentsWanted = 4_000;
/** One fingerprint in 2^3 at most, 2^6 at least is looked at: so many of its low bits are 0. */
const bitsMin = 3;
const bitsMax = 6;
/** What small caches try: few requests tell so much, and a segment takes no more memory than in larger caches. */
const sharesOfSmall = [shareAtFirst, 1];

/** Shares are compared each time that so many sampled requests have come. */
const requestsEach = 250;
/** So many sampled requests for each segment of a shadow make older ones count less than half; so many at least. */
const requestsPerSegment = 6;
const requestsMin = 6_000;
/** What a written byte costs in bytes hit: ten written ones are worth one more that does not come from outside. */
const writeCost = 0.1;
/** So much better another share must be than the one in use, beside what may be chance: the variance of a request's difference. */
const betterBy = 0.001;
const variance = 0.05;
/** So many more hits than LRU's a share must have in the sample, which may flatter it, to be tried instead. */
const aboveLruBy = 0.006;
/** The cache may have so many times more or fewer segments than when the shadows were made. */
const driftMax = 1.5;

/**
 * Finds the share of the capacity that probation is worth: small caches, each with a share of its own, see a sample of the
 * segments, the same for all. The one shows the share that has most hits, less what its writes cost, but LRU wins where no
 * other has more hits.
 */
export class ShareTuner {
  share: number = shareAtFirst;
  private readonly allShares: readonly number[];
  /** Of all shares, those that are tried. */
  private shares: readonly number[];
  private shadows: readonly Shadow[] = [];
  private readonly hits: Float64Array;
  private readonly writes: Float64Array;
  private requests = 0;
  /** Requests since the last comparison. */
  private fresh = 0;
  private mask = 0;
  private segments = 0;

  /** @param shareInMemory Share of the capacity that fits into memory: if smaller than the smallest, it is tried instead. */
  constructor(
    private readonly shareInMemory: number,
    private readonly sources: ShadowSources,
  ) {
    const [smallest, ...others] = probationShares;
    this.allShares = [shareInMemory > 0 ? Math.min(smallest, shareInMemory) : smallest, ...others];
    this.shares = this.allShares;
    this.hits = new Float64Array(this.shares.length);
    this.writes = new Float64Array(this.shares.length);
  }

  get stateBytes(): number {
    return this.shadows.reduce((sum, shadow) => sum + shadow.stateBytes, 0);
  }

  /** Begins with a share that was found before, if it is one of those that are tried. */
  restore(share: number): void {
    if (this.shares.includes(share)) this.share = share;
  }

  /** Has shadows that fit a full cache of so many segments; the smallest caches have none, and keep their share. */
  fit(segments: number): void {
    if (segments < this.segments * driftMax && segments * driftMax > this.segments) return;
    this.segments = segments;
    let bits = bitsMin;
    while (bits < bitsMax && segments / 2 ** (bits + 1) >= segmentsWanted) bits++;
    this.mask = 2 ** bits - 1;
    this.make(Math.min(shadowSegmentsMax, Math.floor(segments / 2 ** bits)));
    this.forget();
  }

  /** A segment was asked for. */
  access(print: number, trail: number, segment: number): void {
    if ((print & this.mask) !== 0 || this.shadows.length === 0) return;
    const ready = this.shadows[0]?.full === true;
    for (let number = 0; number < this.shadows.length; number++) {
      const shadow = this.shadows[number];
      if (shadow?.access(print, trail, segment) === true && ready) this.hits[number] = (this.hits[number] ?? 0) + 1;
    }
    if (!ready) return;
    this.requests++;
    this.fresh++;
    if (this.fresh >= requestsEach) this.compare();
  }

  private make(capacity: number): void {
    const small = capacity < shadowSegmentsMin;
    this.shares = small ? sharesOfSmall : this.allShares;
    if (!this.shares.includes(this.share)) this.share = shareAtFirst;
    this.shadows = capacity < smallShadowSegmentsMin ? [] : this.shares.map((share) => this.shadow(capacity, share));
  }

  private shadow(capacity: number, share: number): Shadow {
    const inMemory = share < 1 ? Math.min(1, this.shareInMemory / share) : 0;
    return new Shadow({ capacity, share, inMemory }, this.sources);
  }

  private compare(): void {
    this.shadows.forEach((shadow, number) => {
      this.writes[number] = (this.writes[number] ?? 0) + shadow.takeWritten();
    });
    let best = 0;
    for (let number = 1; number < this.shares.length; number++)
      if (this.worth(number) > this.worth(best)) best = number;
    if (this.worth(best) > this.worth(this.shares.indexOf(this.share)) + betterBy + this.chance)
      this.share = this.shares[best] ?? shareAtFirst;
    this.age();
  }

  /** How much of a difference may be chance. */
  private get chance(): number {
    return Math.sqrt(variance / this.requests);
  }

  /** Hits of a share, less its writes; less than anything if LRU has as many hits. */
  private worth(number: number): number {
    const lru = this.shares.length - 1;
    const ratio = (this.hits[number] ?? 0) / this.requests;
    if (number < lru && ratio < (this.hits[lru] ?? 0) / this.requests + aboveLruBy - this.chance) return -1;
    return ratio - (writeCost * (this.writes[number] ?? 0)) / this.requests;
  }

  /** What was counted so far counts less from now on. */
  private age(): void {
    const kept = 1 - requestsEach / Math.max(requestsMin, (requestsPerSegment * this.segments) / (this.mask + 1));
    this.requests *= kept;
    this.fresh = 0;
    for (let number = 0; number < this.shares.length; number++) {
      this.hits[number] = (this.hits[number] ?? 0) * kept;
      this.writes[number] = (this.writes[number] ?? 0) * kept;
    }
  }

  private forget(): void {
    this.requests = 0;
    this.fresh = 0;
    this.hits.fill(0);
    this.writes.fill(0);
  }
}
