import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { second, type Micros } from '../limits';

/** A chunk under way to the peer. */
export interface Flight {
  readonly chunk: number;
  readonly bytes: number;
  /** Position among all that was sent. */
  sequence: number;
  readonly sentAt: Micros;
  /** Since when an ACK could have been expected: later than it was sent if a hash that it rests on was lost. */
  awaitedFrom: Micros;
  /** The chunks that rest on hashes sent with this one. */
  readonly span: ChunkRange;
  /** It was sent before, so that an ACK does not tell which copy arrived. */
  readonly isRepeat: boolean;
  /** False once the peer wants it no more: lost, it is not sent again. */
  wanted: boolean;
}

/** A chunk that leaves. */
export type Departure = Pick<Flight, 'chunk' | 'bytes' | 'span' | 'isRepeat'>;

/** What an ACK or a HAVE took out of the flight. */
export interface Landing {
  readonly bytes: number;
  /** The one sent last. */
  readonly newest: Flight | undefined;
}

/** True if an ACK of this flight tells how long a round trip took. */
export function tellsRoundTrip(flight: Flight): boolean {
  return !flight.isRepeat && !isStranded(flight);
}

/** It waits at the peer for hashes that were lost. */
function isStranded({ awaitedFrom, sentAt }: Flight): boolean {
  return awaitedFrom > sentAt;
}

/** How much longer than a round trip an overtaken chunk may be under way, as a share of it. RFC 9002 section 6.1.2. */
const toleranceMin = 1 / 8;
const toleranceMax = 1;

/** What a clock and a peer's batches resolve: an overtaken chunk may always be this late. RFC 9002 section 6.1.2. */
const granularity: Micros = second / 1_000;

/**
 * The chunks in flight to one peer, and which of them count as lost: those that a later one overtook and that are out for
 * more than a round trip. RFC 8985 (RACK); its reordering window, too, grows when a loss proves to have been none.
 */
export class Flights {
  /** In the order they were sent. */
  private readonly flights = new Map<number, Flight>();
  private sequence = 0;
  private newestLanded = -1;
  private tolerance = toleranceMin;
  private fastest: Micros = Number.POSITIVE_INFINITY;
  private latest: Micros = 0;
  private total = 0;

  get size(): number {
    return this.flights.size;
  }

  /** Content bytes in flight; those that wait at the peer for hashes have left the network. */
  get bytes(): number {
    return this.total;
  }

  /** The copy of a chunk that is under way. */
  find(chunk: number): Flight | undefined {
    return this.flights.get(chunk);
  }

  /** The one that is out longest. */
  oldest(): Flight | undefined {
    for (const flight of this.flights.values()) return flight;
    return undefined;
  }

  /** Puts a chunk into the flight; a copy of it that is there already counts as replaced. */
  launch({ chunk, bytes, span, isRepeat }: Departure, now: Micros): void {
    const earlier = this.flights.get(chunk);
    if (earlier !== undefined) this.remove(earlier);
    const sequence = this.sequence++;
    this.flights.set(chunk, { chunk, bytes, span, sequence, sentAt: now, awaitedFrom: now, isRepeat, wanted: true });
    this.total += bytes;
  }

  /**
   * What these were to prove can be verified, and acknowledged, only when they come again: what was sent after them and
   * rests on them is awaited from now on.
   */
  strand(lost: readonly Flight[], now: Micros): void {
    if (this.flights.size === 0 || lost.length === 0) return;
    const spans = new ChunkSet();
    for (const { span } of lost) spans.add(span);
    const from = lost.reduce((least, { sequence }) => Math.min(least, sequence), Number.POSITIVE_INFINITY);
    const stranded = [...this.flights.values()].filter(({ chunk, sequence }) => sequence > from && spans.has(chunk));
    for (const flight of stranded) {
      this.remove(flight);
      flight.awaitedFrom = now;
      flight.sequence = this.sequence++;
      this.flights.set(flight.chunk, flight);
    }
  }

  /** Takes out what has arrived. */
  land(range: ChunkRange, now: Micros): Landing {
    let newest: Flight | undefined;
    let bytes = 0;
    for (const flight of this.within(range)) {
      this.remove(flight);
      bytes += flight.bytes;
      if (newest === undefined || flight.sequence > newest.sequence) newest = flight;
    }
    if (newest !== undefined) this.learn(newest, now);
    return { newest, bytes };
  }

  /** Takes out what counts as lost by now, but for what rests on it; `roundTrip` is the smoothed one. */
  takeLost(now: Micros, roundTrip: Micros): Flight[] {
    const patience = this.patience(roundTrip);
    const lost: Flight[] = [];
    const spans = new ChunkSet();
    for (const flight of this.flights.values()) {
      if (flight.sequence > this.newestLanded || flight.awaitedFrom + patience > now) break;
      if (spans.has(flight.chunk)) continue;
      spans.add(flight.span);
      lost.push(flight);
    }
    lost.forEach((flight) => this.remove(flight));
    return lost;
  }

  /** When time alone makes a chunk count as lost. */
  lossAt(roundTrip: Micros): Micros | undefined {
    const oldest = this.oldest();
    if (oldest === undefined || oldest.sequence > this.newestLanded) return undefined;
    return oldest.awaitedFrom + this.patience(roundTrip);
  }

  /** The peer wants these no more; they are under way all the same. */
  abandon(range: ChunkRange): void {
    for (const flight of this.within(range)) flight.wanted = false;
  }

  /** Takes out the chunks of a range that were sent at or before `until`. */
  takeOlder(range: ChunkRange, until: Micros): Flight[] {
    const older = this.within(range).filter(({ sentAt }) => sentAt <= until);
    older.forEach((flight) => this.remove(flight));
    return older;
  }

  /** Takes out one. */
  remove(flight: Flight): void {
    if (this.flights.delete(flight.chunk) && !isStranded(flight)) this.total -= flight.bytes;
  }

  /** Takes out all. */
  takeAll(): Flight[] {
    const all = [...this.flights.values()];
    this.flights.clear();
    this.total = 0;
    return all;
  }

  private learn({ sequence, sentAt, awaitedFrom, isRepeat }: Flight, now: Micros): void {
    this.newestLanded = Math.max(this.newestLanded, sequence);
    if (awaitedFrom > sentAt) return;
    const roundTrip = now - sentAt;
    if (!isRepeat) {
      this.latest = roundTrip;
      this.fastest = Math.min(this.fastest, roundTrip);
      return;
    }
    // Nothing answers that fast: it is the earlier copy that arrived, and it was never lost.
    if (roundTrip < this.fastest) this.tolerance = Math.min(toleranceMax, 2 * this.tolerance);
  }

  private patience(roundTrip: Micros): Micros {
    return Math.max(granularity, Math.ceil(Math.max(roundTrip, this.latest) * (1 + this.tolerance)));
  }

  private within({ first, last }: ChunkRange): Flight[] {
    const found: Flight[] = [];
    if (last - first < this.flights.size) {
      for (let chunk = first; chunk <= last; chunk++) {
        const flight = this.flights.get(chunk);
        if (flight !== undefined) found.push(flight);
      }
      return found;
    }
    for (const flight of this.flights.values()) if (flight.chunk >= first && flight.chunk <= last) found.push(flight);
    return found;
  }
}
