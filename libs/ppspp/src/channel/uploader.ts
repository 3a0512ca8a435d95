import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { rangeOfNode } from '../addressing/node';
import { signedMicros } from '../congestion/delay';
import { Ledbat } from '../congestion/ledbat';
import { RoundTrip } from '../congestion/round-trip';
import { limits, type Micros } from '../limits';
import { extentChunks } from '../swarm/content';
import type { DataMessage, IntegrityMessage, Message } from '../wire/message';
import { RequestQueue } from './request-queue';
import { binOf, neededNodes } from './uncles';

/** What an uploader needs of its swarm. */
export interface Shelf {
  readonly chunkCount: number | undefined;
  /** A chunk's bytes if its extent is in memory; if not, its read or fetch has been begun. */
  chunk(chunk: number): Uint8Array | undefined;
  /** Begins to read an extent that will be needed soon. */
  readAhead(extent: number): void;
  /** The hash of a node on the way of a chunk that is at hand. */
  hash(height: number, index: number): Uint8Array | undefined;
  /** Counts a chunk that left, for the first time or again. */
  served(chunk: number, bytes: number, isRepeat: boolean): void;
}

/** Congestion control of one channel, as an operator may set it. */
export interface UploadOptions {
  /** Most bytes in flight: what a forged delay sample or an early ACK can lift the rate to. RFC 7574 section 12.6.4, ACK.2. */
  readonly windowBytesMax: number;
  /** Bytes of a full datagram: LEDBAT's MSS. */
  readonly segmentBytes: number;
}

interface Flight {
  readonly chunk: number;
  readonly sequence: number;
  readonly sentAt: Micros;
  readonly bytes: number;
  readonly isRepeat: boolean;
}

/** Later chunks acknowledged before an earlier one counts as lost, as in TCP and QUIC. */
const reorderingThreshold = 3;

/** Copies of a hash in flight at a time: two, so that one lost datagram costs no other chunk its proof. */
const hashCopies = 2;

/** Extents read ahead of the one being sent. */
const extentsAhead = 3;

/** Congestion timeouts in a row after which a silent peer's requests are dropped. */
const timeoutsMax = 6;

/** Serves one peer: its requests, what is in flight, what it knows. RFC 7574 sections 3.7, 5.3 and 8.15. */
export class Uploader {
  /** Chunks the peer acknowledged or says it has: their hashes need not be sent again. */
  readonly known = new ChunkSet(limits.availabilityRunsMax);
  readonly queue = new RequestQueue();
  /** Where the peer is in the content: the chunk after the last it asked for. */
  position: number | undefined;
  private readonly flights = new Map<number, Flight>();
  private readonly sentHashes = new Map<number, number>();
  private readonly ledbat: Ledbat;
  private readonly roundTrip = new RoundTrip();
  private sequence = 0;
  /** Sequence of the latest flight that arrived. */
  private newestLanded = Number.NEGATIVE_INFINITY;
  private flightBytes = 0;
  private timeouts = 0;
  private progressAt: Micros = 0;

  constructor(
    options: UploadOptions,
    private readonly shelf: Shelf,
  ) {
    this.ledbat = new Ledbat({ segmentBytes: options.segmentBytes, windowBytesMax: options.windowBytesMax });
  }

  /** A REQUEST. RFC 7574 section 3.7. */
  request({ first, last }: ChunkRange): boolean {
    const { chunkCount = 0 } = this.shelf;
    if (first >= chunkCount) return false;
    const range = { first, last: Math.min(last, chunkCount - 1) };
    this.position = range.last + 1;
    return this.queue.push(range);
  }

  /** A CANCEL: what is in flight stays there, but is not sent again. RFC 7574 section 3.8. */
  cancel(range: ChunkRange): void {
    this.queue.cancel(range);
  }

  /**
   * A HAVE: an implicit CANCEL, and knowledge of hashes. Some peers answer a chunk that they were sent twice with HAVE
   * instead of ACK: it came, but it tells no delay. RFC 7574 sections 3.8 and 5.3.
   */
  has(range: ChunkRange, now: Micros): void {
    this.known.add(range);
    this.queue.cancel(range);
    const { newest } = this.land(range);
    if (newest !== undefined) this.progressed(newest, now);
  }

  /** An ACK with its delay sample. RFC 7574 section 8.7. */
  acknowledge(range: ChunkRange, delay: bigint, now: Micros): void {
    this.known.add(range);
    this.queue.cancel(range);
    const flightBytes = this.flightBytes;
    const { newest, bytes } = this.land(range);
    if (newest === undefined) return;
    if (!newest.isRepeat) this.roundTrip.sample(now - newest.sentAt);
    this.ledbat.acknowledged({
      bytes,
      delay: signedMicros(delay),
      flightBytes,
      roundTrip: this.roundTrip.smoothed,
      now,
    });
    this.progressed(newest, now);
  }

  /** Messages to send now, each inner list one chunk with the hashes it needs; as many as the window admits. */
  pump(now: Micros, wireNow: bigint): Message[][] {
    this.detectLoss(now);
    const sent: Message[][] = [];
    while (sent.length < limits.burstDatagrams && this.flightBytes < this.ledbat.window) {
      const chunk = this.queue.peek();
      if (chunk === undefined) break;
      const bytes = this.shelf.chunk(chunk);
      if (bytes === undefined) {
        this.queue.park(Math.floor(chunk / extentChunks));
        continue;
      }
      const isRepeat = this.queue.take(chunk) || this.flights.has(chunk);
      this.launch({ chunk, bytes: bytes.length, sentAt: now, sequence: this.sequence++, isRepeat });
      sent.push([...this.proof(chunk), dataMessage(chunk, wireNow, bytes)]);
    }
    for (const extent of this.queue.upcoming(extentsAhead)) this.shelf.readAhead(extent);
    return sent;
  }

  /** True while a burst ended by its own bound, so that the pump can go on at once. */
  get eager(): boolean {
    return this.flightBytes < this.ledbat.window && this.queue.peek() !== undefined;
  }

  /** When silence becomes a congestion timeout, or undefined with nothing in flight. */
  deadline(): Micros | undefined {
    return this.flights.size === 0 ? undefined : this.progressAt + this.roundTrip.timeout;
  }

  /** A congestion timeout: all in flight counts as lost. RFC 6817 section 2.4.2. */
  expire(now: Micros): void {
    const deadline = this.deadline();
    if (deadline === undefined || now < deadline) return;
    this.timeouts++;
    this.progressAt = now;
    this.roundTrip.backOff();
    this.ledbat.timedOut();
    for (const flight of [...this.flights.values()]) this.lose(flight);
    if (this.timeouts >= timeoutsMax) this.queue.clear();
  }

  private launch(flight: Flight): void {
    if (this.flights.size === 0) this.progressAt = flight.sentAt;
    const earlier = this.flights.get(flight.chunk);
    if (earlier !== undefined) this.forget(earlier);
    this.flights.set(flight.chunk, flight);
    this.flightBytes += flight.bytes;
    this.shelf.served(flight.chunk, flight.bytes, flight.isRepeat);
  }

  private forget(flight: Flight): void {
    this.flights.delete(flight.chunk);
    this.flightBytes -= flight.bytes;
  }

  /** Something arrived: the timeouts begin anew. */
  private progressed(newest: Flight, now: Micros): void {
    this.timeouts = 0;
    this.progressAt = now;
    this.newestLanded = Math.max(this.newestLanded, newest.sequence);
  }

  /** Takes what has arrived out of the flight. */
  private land({ first, last }: ChunkRange): { newest: Flight | undefined; bytes: number } {
    let newest: Flight | undefined;
    let bytes = 0;
    for (const flight of this.flightsWithin(first, last)) {
      this.forget(flight);
      bytes += flight.bytes;
      if (newest === undefined || flight.sequence > newest.sequence) newest = flight;
    }
    return { newest, bytes };
  }

  private flightsWithin(first: number, last: number): Flight[] {
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

  /**
   * What was sent well before something that arrived is lost. Judged when all ACKs and HAVEs of a batch were heard, for
   * one of them may make good another that was lost. Flights stand in the order they were sent.
   */
  private detectLoss(now: Micros): void {
    const lost: Flight[] = [];
    for (const flight of this.flights.values()) {
      if (flight.sequence > this.newestLanded - reorderingThreshold) break;
      lost.push(flight);
    }
    if (lost.length === 0) return;
    this.ledbat.lost(now, this.roundTrip.smoothed);
    lost.forEach((flight) => {
      this.lose(flight);
    });
  }

  private lose(flight: Flight): void {
    this.forget(flight);
    this.queue.retransmit(flight.chunk);
    this.sentHashes.clear();
  }

  /** The hashes the peer needs and has not been sent often enough lately. RFC 7574 sections 5.3 and 5.4. */
  private proof(chunk: number): IntegrityMessage[] {
    const messages: IntegrityMessage[] = [];
    for (const { height, index } of neededNodes(chunk, this.shelf.chunkCount ?? 0, this.known)) {
      const bin = binOf(height, index);
      const copies = this.sentHashes.get(bin) ?? 0;
      if (copies >= hashCopies) continue;
      this.countHash(bin, copies + 1);
      const hash = this.shelf.hash(height, index);
      if (hash !== undefined) messages.push({ type: 'integrity', range: rangeOfNode(height, index), hash });
    }
    return messages;
  }

  private countHash(bin: number, copies: number): void {
    if (this.sentHashes.size >= limits.sentHashesMax) this.sentHashes.clear();
    this.sentHashes.set(bin, copies);
  }
}

function dataMessage(chunk: number, timestamp: bigint, bytes: Uint8Array): DataMessage {
  return { type: 'data', range: { first: chunk, last: chunk }, timestamp, bytes };
}
