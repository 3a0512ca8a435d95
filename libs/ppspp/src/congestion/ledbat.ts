import { invariant } from '../errors';
import { second, type Micros } from '../limits';
import { Gaps } from './gaps';
import { RecentMinimum } from './recent-minimum';

/** What a sender knows when an ACK arrives. */
export interface Acknowledgement {
  /** Content bytes that this ACK acknowledges and no earlier one did. */
  readonly bytes: number;
  /** One-way delay sample with an unknown, constant offset: it may be negative. */
  readonly delay: Micros;
  /** Bytes in flight before this ACK. */
  readonly flightBytes: number;
  /** The smoothed round trip: how long a delay sample counts as current. */
  readonly roundTrip: Micros;
  readonly now: Micros;
}

/** How a flow behaves. */
export interface LedbatOptions {
  /** MSS: bytes of the largest segment, here of a chunk. */
  readonly segmentBytes: number;
  /** Upper bound of the window, whatever the peer's delay samples say (RFC 7574 section 12.6.4, threat ACK.2). */
  readonly windowBytesMax: number;
  /** TARGET: the queueing delay to settle at, at most 100 ms. */
  readonly target?: Micros;
  /** GAIN: at most 1. */
  readonly gain?: number;
}

/** The values of RFC 6817 section 2.5. */
export const ledbatDefaults = {
  /** The largest allowed: flows with one target share fairly, and this is the one that is deployed most widely. */
  target: second / 10,
  /** The growth of TCP Reno while the queue is empty. */
  gain: 1,
  /** BASE_HISTORY: minutes after which a longer base delay, as of a new route, is believed. */
  baseHistory: 10,
  /** INIT_CWND, MIN_CWND and ALLOWED_INCREASE, in segments. */
  initialSegments: 2,
  minSegments: 2,
  allowedIncrease: 1,
} as const;

const minute = 60 * second;
/** Parts in which the minimum over one round trip is kept: what is older is forgotten in time. */
const partsOfRoundTrip = 4;

/** Share of the target from which on a window is braked, and what a round trip a whole target above that takes off it. */
const brake = { from: 1 / 2, strength: 1 / 8 } as const;

/** Share of the target from which on a queue counts as standing, so that a gap tells something. */
const gapFrom = 1 / 4;

/**
 * LEDBAT's congestion window for one flow: it grows while the queueing delay is below its target, shrinks while it is
 * above, and halves on loss. RFC 6817 section 2.4.2. Some things there are left to us:
 *
 * - FILTER() is the minimum over the last round trip. We send in trains, and the first datagram of a train meets the
 *   queue that others made; the later ones meet the train itself.
 * - Slow start, which section 2.2 allows, lasts until a quarter of a round trip stayed above half the target, or a loss.
 *   Without it a path of 1000 segments takes 1000 round trips to fill. Its end halves the window, as a loss would: the
 *   delay is that of the window a round trip ago, before it doubled, and LEDBAT alone needs half a minute to take such
 *   an excess back. After a timeout slow start leads to half the former window (RFC 5681 section 3.1).
 * - From half the target on, a part of the window is taken off as well, so that the window is never larger than section
 *   2.4.2 would make it. With that section's law alone, two flows whose base delays are found one segment apart disagree
 *   on which queue is the target's, and one takes all; with the brake, windows settle where growth and brake are equal,
 *   and that is the same window for both. The queue settles between half the target and the target. The brake is also
 *   the higher GAIN for the decrease that section 2.5 allows: beside a loss-based flow we give way within seconds at
 *   any rate. An eighth does not oscillate while the round trip is below half a second.
 * - Now and then the flow leaves a gap, in which every flow on the bottleneck can see its base delay: `Gaps`.
 * - `flightsize` in max_allowed_cwnd is the largest of the last two round trips, because the limit is to be "based on
 *   flightsize in the previous RTT" (section 2.5). Its value at each ACK would shrink the window of a sender that waits
 *   until there is room for a whole train. Slow start may double it, for the same reason.
 * - The window has an upper bound of its own.
 *
 * An ACK costs the same however many there were; `npm run bench:protocol` measures it.
 */
export class Ledbat {
  private readonly target: Micros;
  private readonly gain: number;
  private readonly baseDelay = new RecentMinimum(ledbatDefaults.baseHistory);
  private readonly currentDelay = new RecentMinimum(partsOfRoundTrip);
  /** Negated, so that its minimum is the largest. */
  private readonly emptiness = new RecentMinimum(2);
  private readonly gaps = new Gaps();
  private bytes: number;
  /** `ssthresh` of RFC 5681 while in slow start, and 0 after: LEDBAT shrinking below it is no reason to begin again. */
  private threshold: number;
  /** In the first slow start: where it leads is not known. */
  private exploring = true;
  private reducedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LedbatOptions) {
    this.target = options.target ?? ledbatDefaults.target;
    this.gain = options.gain ?? ledbatDefaults.gain;
    invariant(this.target > 0 && this.target <= ledbatDefaults.target, 'TARGET is at most 100 ms');
    invariant(this.gain > 0 && this.gain <= 1, 'GAIN is at most 1');
    this.bytes = ledbatDefaults.initialSegments * options.segmentBytes;
    this.threshold = options.windowBytesMax;
    invariant(this.minBytes <= options.windowBytesMax, 'the largest window holds the smallest');
  }

  /** Bytes that may be in flight. */
  get window(): number {
    return Math.floor(this.bytes);
  }

  /** Queueing delay as of the last acknowledgement. */
  get queueingDelay(): Micros {
    const queueing = this.currentDelay.value - this.baseDelay.value;
    return Number.isFinite(queueing) ? queueing : 0;
  }

  /** An ACK with its delay sample. */
  acknowledged({ bytes, delay, flightBytes, roundTrip, now }: Acknowledgement): void {
    this.baseDelay.add(delay, now, minute);
    this.currentDelay.add(delay, now, roundTrip / partsOfRoundTrip);
    this.emptiness.add(-flightBytes, now, roundTrip);
    if (this.gaps.open) this.wait(flightBytes, now);
    else if (this.inSlowStart) this.startSlowly(bytes, now);
    else this.follow(bytes, roundTrip, now);
  }

  /**
   * Data was lost, the newest of it sent at `sentAt`: halves the window, unless that was sent before the last time. So it
   * does at most once in a round trip, and one overflowing queue counts once. Tells whether it did.
   */
  lost(sentAt: Micros, now: Micros): boolean {
    if (sentAt < this.reducedAt) return false;
    if (this.gaps.open) this.gaps.halve();
    this.halve(now);
    return true;
  }

  /** Nothing was acknowledged for a whole congestion timeout: one segment, from where slow start begins again. */
  timedOut(): void {
    const bytes = this.gaps.end(this.baseDelay.value) ?? this.bytes;
    if (bytes > this.minBytes) this.threshold = Math.max(bytes / 2, this.minBytes);
    this.bytes = this.options.segmentBytes;
  }

  private get inSlowStart(): boolean {
    return this.bytes < this.threshold;
  }

  private startSlowly(bytes: number, now: Micros): void {
    const lately = this.currentDelay.previous - this.baseDelay.value;
    if (this.exploring && Number.isFinite(lately) && lately > this.target / 2) this.halve(now);
    else this.resize(Math.min(this.bytes + bytes, 2 * this.flightBytesLately));
    if (!this.inSlowStart) this.endSlowStart();
  }

  private follow(bytes: number, roundTrip: Micros, now: Micros): void {
    const filled = this.queueingDelay / this.target;
    if (filled > gapFrom && this.bytes > this.minBytes && this.gaps.due(now)) return this.leaveGap(roundTrip, now);
    const { segmentBytes } = this.options;
    const growth = (this.gain * (1 - filled) * bytes * segmentBytes) / this.bytes;
    const braked = bytes * Math.min(1 / 2, brake.strength * Math.max(0, filled - brake.from));
    const allowed = this.flightBytesLately + ledbatDefaults.allowedIncrease * segmentBytes;
    this.resize(Math.min(this.bytes + growth - braked, allowed));
  }

  private leaveGap(roundTrip: Micros, now: Micros): void {
    this.gaps.begin({ bytes: this.bytes, delay: this.currentDelay.value, roundTrip, now });
    this.resize(this.minBytes);
  }

  /** During a gap: until what was sent before it has left the queue, and what is sent in it tells the delay without. */
  private wait(flightBytes: number, now: Micros): void {
    // A sender may fill its window with a segment that does not fit it whole.
    const isDrained = flightBytes < this.minBytes + this.options.segmentBytes;
    this.threshold = this.gaps.heard(isDrained, this.baseDelay.value, now) ?? this.threshold;
  }

  private get flightBytesLately(): number {
    return -this.emptiness.value;
  }

  private halve(now: Micros): void {
    this.reducedAt = now;
    this.gaps.postpone(now);
    if (this.bytes > this.minBytes) this.resize(this.bytes / 2);
    this.endSlowStart();
  }

  private endSlowStart(): void {
    this.threshold = 0;
    this.exploring = false;
  }

  private resize(bytes: number): void {
    this.bytes = Math.min(Math.max(bytes, this.minBytes), this.options.windowBytesMax);
  }

  private get minBytes(): number {
    return ledbatDefaults.minSegments * this.options.segmentBytes;
  }
}
