import { RoundTrip } from '../congestion/round-trip';
import { limits, second, type Micros } from '../limits';

/** Chunks asked for before anything is known of a peer's rate, beside the rate once it is known, and after it stalled. */
const windowStart = 32;
const windowBase = 16;
const windowAfterStall = 4;

/** Deliveries are counted in spans of this length, or of a round trip if that is longer. */
const spanMin = second / 2;

/** A peer that delivers seldom is overdue only after so many of its usual pauses. */
const pausesMax = 4;

/**
 * How fast a peer delivers what it is asked for, and how long it may take. Only time counts in which something was
 * awaited.
 *
 * The window follows the rate: as much as arrived in the last one or two spans, so that a peer is asked little ahead of
 * what it can send, a slow one for less, and a faster one is found out within a few round trips. RFC 7574 section 3.7.
 */
export class Pace {
  private readonly roundTrip = new RoundTrip({ timeoutMin: limits.requestTimeoutMin });
  /** When something was first awaited, until it comes. */
  private awaitedAt: Micros | undefined;
  private restsSince: Micros | undefined = 0;
  private waitsSince: Micros = 0;
  /** How long something was awaited, up to `restsSince` or `waitsSince`. */
  private waited: Micros = 0;
  private arrivedAt: Micros = 0;
  private pause: Micros = 0;
  private spanStart: Micros = 0;
  private inSpan = 0;
  private before = 0;
  private beforeLength: Micros = 0;
  private measured = false;

  /** A round trip that something else than a chunk made: the HANDSHAKE's. */
  learn(roundTrip: Micros): void {
    this.roundTrip.sample(roundTrip);
  }

  /** Something is awaited from now on. Asked for again, it tells no round trip (Karn's algorithm, RFC 6298 section 3). */
  begin(now: Micros, isAgain: boolean): void {
    if (this.restsSince !== undefined) {
      this.spanStart = Math.min(now, this.spanStart + now - this.restsSince);
      this.waitsSince = now;
    }
    this.restsSince = undefined;
    this.arrivedAt = now;
    this.awaitedAt = isAgain ? undefined : now;
  }

  /** Nothing is awaited any more. */
  rest(now: Micros): void {
    if (this.restsSince !== undefined) return;
    this.restsSince = now;
    this.waited += now - this.waitsSince;
  }

  /** How long something was awaited in all. */
  awaited(now: Micros): Micros {
    return this.restsSince === undefined ? this.waited + now - this.waitsSince : this.waited;
  }

  /** A chunk came. */
  arrived(now: Micros): void {
    this.turn(now);
    this.inSpan++;
    if (this.awaitedAt !== undefined) this.roundTrip.sample(now - this.awaitedAt);
    else if (now > this.arrivedAt) this.pause += (now - this.arrivedAt - this.pause) / 8;
    this.awaitedAt = undefined;
    this.arrivedAt = now;
  }

  /** The peer stalled: its rate is not what it was. */
  forget(): void {
    this.inSpan = 0;
    this.before = 0;
    this.beforeLength = 0;
    this.awaitedAt = undefined;
  }

  /** Silence after which what is awaited is late: the retransmission timeout, by RFC 6298 but for its least value. */
  get timeout(): Micros {
    return Math.max(this.roundTrip.timeout, Math.ceil((pausesMax * this.pause) / 2));
  }

  /** Chunks that may be asked for ahead. */
  window(now: Micros, hasStalled: boolean): number {
    this.turn(now);
    if (hasStalled) return windowAfterStall;
    const base = this.measured ? windowBase : windowStart;
    return Math.min(limits.outstandingChunksMax, base + this.inSpan + this.before);
  }

  /** How long so many chunks take to come; infinite as long as none came. */
  span(chunks: number, now: Micros): Micros {
    this.turn(now);
    const arrived = this.inSpan + this.before;
    const elapsed = this.beforeLength + (this.restsSince ?? now) - this.spanStart;
    return arrived === 0 ? Number.POSITIVE_INFINITY : Math.ceil((chunks * elapsed) / arrived);
  }

  /** How long so many chunks take to come that are asked for behind those awaited. */
  reach(chunks: number, now: Micros): Micros {
    return this.roundTrip.smoothed + this.span(chunks, now);
  }

  private turn(now: Micros): void {
    const until = this.restsSince ?? now;
    const elapsed = until - this.spanStart;
    const length = this.measured ? Math.max(spanMin, this.roundTrip.smoothed) : spanMin;
    if (elapsed < length) return;
    const isOver = elapsed >= 2 * length;
    if (this.inSpan > 0) this.measured = true;
    this.before = isOver ? 0 : this.inSpan;
    this.beforeLength = isOver ? 0 : elapsed;
    this.inSpan = 0;
    this.spanStart = until;
  }
}
