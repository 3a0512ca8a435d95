import { hostOf, sourcePrefix, widePrefix } from './source-prefix';
import { type Rate, TokenBuckets } from './token-buckets';

/** How much may come from one source prefix: an IPv4 /24 or an IPv6 /48. */
export interface AdmissionOptions {
  /** Requests of peers that the tracker does not know: each may become a registration. */
  readonly newcomers: Rate;
  /** Requests of registered peers; half of it from any one host, so that none takes its neighbours' part. */
  readonly known: Rate;
  /** Prefixes that are kept count of. */
  readonly prefixesMax: number;
}

/** A request that is to be admitted. */
export interface Arrival {
  /** Where it came from, as `normalIp` writes it. */
  readonly from: string;
  /** Whether a registered peer sent it: `Tracker.knows`. */
  readonly known: boolean;
}

/**
 * Whether to work on a request at all; one that is not admitted is to be answered with 05 (Service Unavailable). Newcomers
 * and registered peers are counted apart, so that a flood of the former leaves the latter what they have.
 */
export class Admission {
  private readonly newcomers: TokenBuckets;
  private readonly wideNewcomers: TokenBuckets;
  private readonly known: TokenBuckets;
  private readonly knownHosts: TokenBuckets;
  private overloaded = false;

  constructor(options: AdmissionOptions = defaultAdmissionOptions) {
    this.newcomers = new TokenBuckets(options.newcomers, options.prefixesMax);
    this.wideNewcomers = new TokenBuckets(wide(options.newcomers), options.prefixesMax);
    this.known = new TokenBuckets(options.known, options.prefixesMax);
    this.knownHosts = new TokenBuckets(half(options.known), options.prefixesMax);
  }

  /** While overloaded, newcomers are not admitted; registered peers are, within their rate. */
  load(overloaded: boolean): void {
    this.overloaded = overloaded;
  }

  admit({ from, known }: Arrival, now: number): boolean {
    const prefix = sourcePrefix(from);
    if (known) return this.knownHosts.take(hostOf(from), now) && this.known.take(prefix, now);
    if (this.overloaded) return false;
    return this.newcomers.take(prefix, now) && this.wideNewcomers.take(widePrefix(prefix), now);
  }
}

/** What one host may have of it. */
function half({ perSecond, burst }: Rate): Rate {
  return { perSecond: perSecond / 2, burst: Math.ceil(burst / 2) };
}

/** What the /16 or /32 around a prefix may take: who has a large network has many prefixes. */
function wide({ perSecond, burst }: Rate): Rate {
  return { perSecond: 4 * perSecond, burst: 4 * burst };
}

/** What suits a tracker for an ISP that has thousands of subscribers behind one /24 of carrier-grade NAT. */
export const defaultAdmissionOptions: AdmissionOptions = Object.freeze({
  // After a restart of the tracker 6,000 peers of one prefix are back within their first minute.
  newcomers: { perSecond: 100, burst: 1_000 },
  // 60,000 peers of one prefix that report once a minute; a fraction of what the tracker can answer.
  known: { perSecond: 1_000, burst: 4_000 },
  prefixesMax: 65_536,
});
