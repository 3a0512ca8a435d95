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
 * Token buckets by key. Bounded: the one that was not asked for the longest leaves, and would be full again when it comes
 * back; who has so many keys is to be bounded by a wider key.
 */
export class TokenBuckets {
  /** The one that was asked last stands last. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly keysMax: number,
  ) {}

  /** Takes one token. False, and nothing taken, if there is none. */
  take(key: string, now: number): boolean {
    const bucket = this.bucketOf(key, now);
    const refill = ((now - bucket.at) / 1_000_000) * this.rate.perSecond;
    bucket.tokens = Math.min(this.rate.burst, bucket.tokens + refill);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  private bucketOf(key: string, now: number): Bucket {
    const bucket = this.buckets.get(key) ?? { tokens: this.rate.burst, at: now };
    this.buckets.delete(key);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size >= this.keysMax && oldest !== undefined) this.buckets.delete(oldest);
    this.buckets.set(key, bucket);
    return bucket;
  }
}
