import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { rangeOfNode, type TreeNode } from '../addressing/node';
import { signedMicros } from '../congestion/delay';
import { Ledbat } from '../congestion/ledbat';
import { limits, type Micros } from '../limits';
import { extentChunks } from '../swarm/content';
import type { Message } from '../wire/message';
import { Allowance } from './allowance';
import { Flights, tellsRoundTrip, type Flight } from './flights';
import { Playback } from './playback';
import { Provable } from './provable';
import { RequestQueue } from './request-queue';
import type { Shelf } from './shelf';
import { probeRoundTrips, Silence } from './silence';
import { Visits } from './visits';

/** Congestion control of one channel, as an operator may set it. */
export interface UploadOptions {
  /** Most bytes in flight: what forged delay samples can lift the window to. RFC 7574 section 12.6.4, ACK.2. */
  readonly windowBytesMax: number;
  /** Most content bytes a second to one peer: what early ACKs can lift the rate to. RFC 7574 section 12.6.4, ACK.2. */
  readonly bytesPerSecondMax?: number;
  /** Bytes of a full datagram: LEDBAT's MSS. */
  readonly segmentBytes: number;
  /** Queueing delay to stay below, LEDBAT's TARGET: at most 100 ms, which is the default. RFC 6817 section 2.5. */
  readonly target?: Micros;
}

/** Extents read ahead of the one being sent. */
const extentsAhead = 3;

/** Congestion timeouts in a row after which a silent peer's requests are dropped. */
const timeoutsMax = 6;

/** Serves one peer: its requests, what is in flight, what it knows. RFC 7574 sections 3.7, 5.3 and 8.15. */
export class Uploader {
  /** Chunks the peer acknowledged or says it has: their hashes need not be sent again. */
  readonly known = new ChunkSet(limits.availabilityRunsMax);
  /** Extents that the peer was told of, and when it was last told of all. */
  readonly announced = new ChunkSet(limits.availabilityRunsMax);
  announcedAt = Number.NEGATIVE_INFINITY;
  readonly queue = new RequestQueue();
  /** Extents that it came to: what it was sent, or waits for. */
  readonly visits = new Visits();
  /** Where the peer is in the content: the chunk after the last it asked for. */
  position: number | undefined;
  /** How fast it goes on; undefined before it asked for anything. */
  playback: Playback | undefined;
  private readonly flights = new Flights();
  private readonly provable = new Provable(this.known);
  private readonly ledbat: Ledbat;
  private readonly silence = new Silence();
  private readonly allowance: Allowance;
  /** Bytes that may still be sent in this turn, as far as the swarm's other peers go. */
  private room = Number.POSITIVE_INFINITY;
  /** A probe waits to be sent, whatever the window. */
  private probing = false;
  /** Bytes that a HAVE of this turn took out of the flight: some peers put it before the ACK, which alone tells the delay. */
  private landedByHave = 0;
  /** Something that was sent was acknowledged, by an ACK or a HAVE. */
  private acknowledges = false;
  private requestedAt = Number.NEGATIVE_INFINITY;
  /** It asked for more after it was sent something. */
  private asksOn = false;

  constructor(
    options: UploadOptions,
    private readonly shelf: Shelf,
  ) {
    this.ledbat = new Ledbat(options);
    const { bytesPerSecondMax = Number.MAX_SAFE_INTEGER, windowBytesMax } = options;
    // A second's worth at once, so that the rate is one that somebody notices.
    this.allowance = new Allowance(bytesPerSecondMax, Math.min(windowBytesMax, bytesPerSecondMax));
  }

  /** Bytes that may be in flight. */
  get window(): number {
    return this.ledbat.window;
  }

  /** Queueing delay on the way to the peer, as its ACKs tell. */
  get queueingDelay(): Micros {
    return this.ledbat.queueingDelay;
  }

  /** A REQUEST. What is asked for again did not arrive, or was dropped there with its hashes. RFC 7574 section 3.7. */
  request({ first, last }: ChunkRange, now: Micros): boolean {
    const { chunkCount = 0 } = this.shelf;
    if (first >= chunkCount) return false;
    const range = { first, last: Math.min(last, chunkCount - 1) };
    this.position = range.last + 1;
    this.playback ??= new Playback(now);
    this.playback.ask(range.last - range.first + 1, now);
    this.requestedAt = now;
    this.unlearn(range);
    const lost = this.flights.takeOlder(range, now - probeRoundTrips * this.silence.smoothed);
    this.lose(lost, now);
    return this.queue.push(range);
  }

  /** The peer was restarted, perhaps: unless something is on its way, it is taken to know nothing any more. */
  reintroduced(): void {
    if (this.flights.size > 0) return;
    this.known.clear();
    this.provable.clear();
  }

  /** A CANCEL: what is in flight stays there, but is not sent again. RFC 7574 section 3.8. */
  cancel(range: ChunkRange): void {
    this.flights.abandon(range);
    this.queue.cancel(range);
  }

  /** The peer is choked: nothing that it asked for is sent, or sent again. RFC 7574 section 3.9. */
  drop(): void {
    this.flights.abandon({ first: 0, last: Number.MAX_SAFE_INTEGER });
    this.queue.clear();
  }

  /** True while something is asked for, or under way. */
  get busy(): boolean {
    return this.flights.size > 0 || !this.queue.empty || this.queue.waiting;
  }

  /**
   * A HAVE: an implicit CANCEL, and knowledge of hashes. Some peers answer a chunk that they were sent twice with HAVE
   * instead of ACK: it came, but it tells no delay. RFC 7574 sections 3.8 and 5.3.
   */
  has(range: ChunkRange, now: Micros): void {
    this.landedByHave += this.learn(range, now);
  }

  /** An ACK with its delay sample, which holds for what a HAVE before it told of, too. RFC 7574 section 8.7. */
  acknowledge(range: ChunkRange, delay: bigint, now: Micros): void {
    const flightBytes = this.flights.bytes + this.landedByHave;
    const bytes = this.learn(range, now) + this.landedByHave;
    this.landedByHave = 0;
    if (bytes === 0) return;
    const roundTrip = this.silence.smoothed;
    this.ledbat.acknowledged({ bytes, delay: signedMicros(delay), flightBytes, roundTrip, now });
  }

  /** Messages to send now, each inner list one chunk with the hashes it needs; as many as the window admits. */
  pump(now: Micros, wireNow: bigint): Message[][] {
    // Judged when all ACKs of a batch were heard, for one of them may make good another that was lost.
    this.lose(this.flights.takeLost(now, this.silence.smoothed), now);
    this.landedByHave = 0;
    this.allowance.refill(now);
    const { bound } = this.shelf;
    this.room = bound?.room(this, now) ?? Number.POSITIVE_INFINITY;
    const sent: Message[][] = [];
    while (sent.length < limits.burstDatagrams && this.admits) {
      const chunk = this.queue.peek();
      if (chunk === undefined) break;
      const extent = Math.floor(chunk / extentChunks);
      this.visits.note(extent);
      const bytes = this.shelf.chunk(chunk);
      if (bytes === undefined) this.queue.park(extent);
      else sent.push(this.launch(chunk, bytes, now, wireNow));
    }
    this.probing = false;
    if (this.room <= 0 && !this.queue.empty) this.shelf.bound?.wait(this, now);
    for (const extent of this.queue.upcoming(extentsAhead)) this.shelf.readAhead(extent);
    return sent;
  }

  /** True while a burst ended by its own bound, so that the pump can go on at once. */
  get eager(): boolean {
    return this.admits && this.queue.peek() !== undefined;
  }

  /** When silence tells something, or more may be sent; undefined with nothing in flight and nothing to send. */
  deadline(): Micros | undefined {
    const isHeldBack = this.allowance.exhausted && !this.queue.empty;
    if (this.flights.size === 0) return isHeldBack ? this.allowance.readyAt : undefined;
    return isHeldBack ? Math.min(this.silentUntil, this.allowance.readyAt) : this.silentUntil;
  }

  /** Lets silence tell: first a chunk is sent again to provoke an ACK, then all in flight counts as lost. RFC 6817 section 2.4.2. */
  expire(now: Micros): void {
    if (this.flights.size === 0) return;
    if (now >= this.silence.timeoutAt) this.timeOut(now);
    else if (now >= this.silence.probeAt) this.probe(now);
  }

  private get silentUntil(): Micros {
    const lossAt = this.flights.lossAt(this.silence.smoothed) ?? Number.POSITIVE_INFINITY;
    return Math.min(lossAt, this.silence.probeAt, this.silence.timeoutAt);
  }

  private get admits(): boolean {
    return this.probing || (this.flights.bytes < this.ledbat.window && !this.allowance.exhausted && this.room > 0);
  }

  private timeOut(now: Micros): void {
    if (this.isMute) {
      this.asksOn = true;
      this.flights.takeAll();
      this.provable.clear();
      return;
    }
    this.silence.timedOut(now);
    this.ledbat.timedOut();
    this.sendAgain(this.flights.takeAll(), now);
    if (this.silence.timeouts >= timeoutsMax) this.queue.clear();
  }

  /**
   * A peer that never acknowledged anything and yet asks for more: what it was sent may well have come. It is not sent
   * again unless it is asked for again, and the window stays the least: two chunks for each timeout of a second.
   */
  private get isMute(): boolean {
    const oldest = this.flights.oldest();
    return !this.acknowledges && (this.asksOn || (oldest !== undefined && this.requestedAt > oldest.sentAt));
  }

  private probe(now: Micros): void {
    const oldest = this.flights.oldest();
    if (oldest === undefined) return;
    this.silence.probed();
    this.probing = true;
    this.flights.remove(oldest);
    this.sendAgain([oldest], now);
  }

  private launch(chunk: number, bytes: Uint8Array, now: Micros, wireNow: bigint): Message[] {
    const earlier = this.flights.find(chunk);
    const isRepeat = this.queue.take(chunk) || earlier !== undefined;
    if (earlier !== undefined) this.provable.drop(earlier.span);
    this.allowance.spend(bytes.length);
    this.room -= bytes.length;
    this.shelf.bound?.spend(this, bytes.length, now);
    this.silence.launched(this.flights.size === 0, now);
    this.probing = false;
    const { nodes, span } = this.provable.prove(chunk, this.shelf.chunkCount ?? 0);
    this.flights.launch({ chunk, bytes: bytes.length, span, isRepeat }, now);
    this.shelf.served(chunk, bytes.length, isRepeat);
    const messages = this.proof(nodes);
    messages.push({ type: 'data', range: { first: chunk, last: chunk }, timestamp: wireNow, bytes });
    return messages;
  }

  /** The peer has these chunks; tells how many bytes of them were in flight. */
  private learn(range: ChunkRange, now: Micros): number {
    let landed = 0;
    for (const gap of this.known.gaps(range)) {
      const { newest, bytes } = this.flights.land(gap, now);
      landed += bytes;
      if (newest !== undefined) this.silence.broken(tellsRoundTrip(newest) ? newest.sentAt : undefined, now);
    }
    if (landed > 0) this.acknowledges = true;
    this.known.add(range);
    this.queue.cancel(range);
    return landed;
  }

  /** Knowing less is safe: hashes are sent once more. */
  private unlearn(range: ChunkRange): void {
    if (!this.known.intersects(range)) return;
    if (this.known.runCount >= limits.availabilityRunsMax) this.known.clear();
    else this.known.remove(range);
    this.provable.clear();
  }

  private lose(lost: readonly Flight[], now: Micros): void {
    if (lost.length === 0) return;
    this.ledbat.lost(Math.max(...lost.map(({ sentAt }) => sentAt)), now);
    this.sendAgain(lost, now);
  }

  private sendAgain(flights: readonly Flight[], now: Micros): void {
    for (const { chunk, span, wanted } of flights) {
      this.provable.drop(span);
      if (wanted) this.queue.retransmit(chunk);
    }
    this.flights.strand(flights, now);
  }

  /** The hashes of nodes, as far as they are here. RFC 7574 sections 5.3 and 5.4. */
  private proof(nodes: readonly TreeNode[]): Message[] {
    const messages: Message[] = [];
    for (const { height, index } of nodes) {
      const hash = this.shelf.hash(height, index);
      if (hash !== undefined) messages.push({ type: 'integrity', range: rangeOfNode(height, index), hash });
    }
    return messages;
  }
}
