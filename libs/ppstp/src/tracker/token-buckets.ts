/** How much one key may take: so much at once, and so much a second. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets by key. Bounded: those that were not asked for the longest leave, and would be full again when they come
 * back; who has so many keys is to be bounded by a wider key. They are in two generations: whoever is asked for is in the
 * young one, and when that is full the old one goes, which costs less than to order all by each request.
 */
export class TokenBuckets {
  private young = new Map<string, Bucket>();
  private old = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly keysMax: number,
  ) {}

  /** Takes one token. False, and nothing taken, if there is none. */
  take(key: string, now: number): boolean {
    const bucket = this.young.get(key) ?? this.renewed(key, now);
    const refill = ((now - bucket.at) / 1_000_000) * this.rate.perSecond;
    bucket.tokens = Math.min(this.rate.burst, bucket.tokens + refill);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  private renewed(key: string, now: number): Bucket {
    const bucket = this.old.get(key) ?? { tokens: this.rate.burst, at: now };
    if (this.young.size >= this.keysMax / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, bucket);
    return bucket;
  }
}
