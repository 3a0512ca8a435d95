import { RoundTrip } from '../congestion/round-trip';
import { second, type Micros } from '../limits';

/** Probes before a congestion timeout: the last datagrams of a burst, and their ACKs, have no later ones to tell of their loss. */
const probesMax = 3;

/** Round trips of silence after which a chunk is sent again as a probe, doubled for each further one. RFC 8985 section 7.2. */
export const probeRoundTrips = 2;

/**
 * Shortest silence before a probe: on a short path an ACK waits longer in its peer's batches than it travels. RFC 9002
 * section 6.2.1 allows 25 ms for that, to which we need not go: what a probe repeats is one chunk.
 */
const probeMin: Micros = second / 100;

/** How long a receiver that something is on its way to has been silent, and what follows: a probe, then a timeout. RFC 6817 section 2.4.2. */
export class Silence {
  /** Congestion timeouts in a row. */
  timeouts = 0;
  private readonly roundTrip = new RoundTrip();
  private probes = 0;
  private progressAt: Micros = 0;
  private launchedAt: Micros = 0;

  /** The smoothed round trip. */
  get smoothed(): Micros {
    return this.roundTrip.smoothed;
  }

  /** When all in flight counts as lost. */
  get timeoutAt(): Micros {
    return this.progressAt + this.roundTrip.timeout;
  }

  /** When a chunk is sent again to provoke an ACK. */
  get probeAt(): Micros {
    if (this.timeouts > 0 || this.probes >= probesMax) return Number.POSITIVE_INFINITY;
    const patience = Math.max(probeMin, probeRoundTrips * this.roundTrip.smoothed) * 2 ** this.probes;
    return Math.max(this.progressAt, this.launchedAt) + Math.ceil(patience);
  }

  /** Something was sent; `isFirst` if nothing else was on its way. */
  launched(isFirst: boolean, now: Micros): void {
    if (isFirst) this.progressAt = now;
    this.launchedAt = now;
  }

  /** Something arrived: the timeouts begin anew. Of what was sent twice it is not known which copy it was. */
  broken(sentAt: Micros | undefined, now: Micros): void {
    if (sentAt === undefined) this.roundTrip.arrived();
    else this.roundTrip.sample(now - sentAt);
    this.timeouts = 0;
    this.probes = 0;
    this.progressAt = now;
  }

  /** A probe is sent. */
  probed(): void {
    this.probes++;
  }

  /** A congestion timeout passed: the next is twice as long. */
  timedOut(now: Micros): void {
    this.timeouts++;
    this.progressAt = now;
    this.roundTrip.backOff();
  }
}
