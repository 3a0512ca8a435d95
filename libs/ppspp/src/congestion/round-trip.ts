import { second, type Micros } from '../limits';

/** Bounds of the timeout that an operator or a test may move. */
export interface RoundTripOptions {
  /** RFC 6298 section 2.4: 1 second, so that a slow answer is not taken for a lost one. */
  readonly timeoutMin?: Micros;
  /** RFC 6298 section 2.5 and RFC 6817 section 2.4.2: at least 60 seconds. */
  readonly timeoutMax?: Micros;
}

/** The first timeout, before anything was measured. RFC 6298 section 2.1. */
const timeoutInitial = second;
/** G: what a clock of the platform resolves when timers fire late. */
const granularity = second / 1000;

/**
 * Round-trip time and retransmission timeout as TCP estimates them; the timeout is also LEDBAT's congestion timeout
 * (RFC 6817 section 2.4.2). RFC 6298.
 */
export class RoundTrip {
  private readonly timeoutMin: Micros;
  private readonly timeoutMax: Micros;
  private estimate: Micros | undefined;
  private variation: Micros = 0;
  private current: Micros;

  constructor(options: RoundTripOptions = {}) {
    this.timeoutMin = options.timeoutMin ?? second;
    this.timeoutMax = options.timeoutMax ?? 60 * second;
    this.current = this.bounded(timeoutInitial);
  }

  /** SRTT; before the first sample the initial timeout. */
  get smoothed(): Micros {
    return this.estimate ?? timeoutInitial;
  }

  /** RTO: how long to wait for an answer. */
  get timeout(): Micros {
    return this.current;
  }

  /**
   * Something that was sent arrived, though its round trip cannot be measured: the back-off ends, where RFC 6298 section 3
   * would wait for a sample. On a path that loses much nearly all is sent twice, and a sample may not come for minutes.
   */
  arrived(): void {
    this.current = this.estimated();
  }

  /** A measured round trip. Of what was sent twice none can be measured (Karn's algorithm, RFC 6298 section 3). */
  sample(roundTrip: Micros): void {
    if (this.estimate === undefined) {
      this.estimate = roundTrip;
      this.variation = roundTrip / 2;
    } else {
      // RFC 6298 section 2.3, with its alpha of 1/8 and beta of 1/4; the variation is updated first.
      this.variation += (Math.abs(this.estimate - roundTrip) - this.variation) / 4;
      this.estimate += (roundTrip - this.estimate) / 8;
    }
    this.current = this.estimated();
  }

  /** A timeout passed: the next one is twice as long, until a sample comes. RFC 6298 section 5.5. */
  backOff(): void {
    this.current = this.bounded(2 * this.current);
  }

  private estimated(): Micros {
    if (this.estimate === undefined) return this.bounded(timeoutInitial);
    return this.bounded(Math.ceil(this.estimate + Math.max(granularity, 4 * this.variation)));
  }

  private bounded(timeout: Micros): Micros {
    return Math.min(Math.max(timeout, this.timeoutMin), this.timeoutMax);
  }
}
