import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import type { ChunkAddressing } from '../addressing/method';
import { limits, second, type Micros } from '../limits';
import type { Delivery } from '../swarm/throughput';
import type { Message } from '../wire/message';
import { Acknowledgements } from './acknowledgements';
import { DeliveryMeter } from './delivery-meter';
import { HashBudget } from './hash-budget';
import { Pace } from './pace';
import { Patience, type Impatience } from './patience';
import { Proofs } from './proofs';
import { rangesOf, Requests } from './requests';

/** Chooses what a peer is asked for. */
export interface ChunkSource {
  /** Something is to be fetched, from whoever has it. */
  readonly wanting: boolean;
  /** The content's size is not quite certain: another peer's word on it is worth a chunk. */
  readonly doubtful: boolean;
  /** At most `count` chunks out of what the peer has, the most urgent first, now counted as asked of it. */
  pick(asker: Downloader, count: number, now: Micros): number[];
  /** Chunks that were asked for and will not come from this peer. */
  release(chunks: readonly number[]): void;
  /** A peer is late, or chokes: others may be asked for what it owes, and other peers be called. */
  hampered(): void;
}

/** How a peer reads ACKs. */
export interface AckReader {
  /** One ACK may cover a run. */
  readonly modern: boolean;
  readonly addressing: ChunkAddressing;
}

/**
 * A peer that let so many chunks be passed over, more than it delivered, has not what it says. A chunk that is lost on
 * its way its peer sends again by itself.
 */
const brokenPromisesMax = 64;

/** Fetches from one peer: what it has, what it was asked for, what it is owed. */
export class Downloader {
  readonly available = new ChunkSet(limits.availabilityRunsMax);
  readonly proofs = new Proofs();
  readonly hashes = new HashBudget();
  readonly acknowledgements = new Acknowledgements();
  readonly requests = new Requests();
  readonly pace = new Pace();
  /** Content bytes that came from this peer and verified. */
  receivedBytes = 0;
  /** A chunk was picked that this peer delivered before, whose hashes it will not send again on this channel. */
  exhausted = false;
  /** When a chunk of this peer last verified, or waiting for one began. */
  deliveredAt: Micros;
  private readonly patience: Patience;
  /** What the peer is yet to be told that it need not send. */
  private readonly cancels = new ChunkSet(limits.availabilityRunsMax);
  private chokedAt: Micros | undefined;
  private late = false;
  private probed = false;
  private lookedAt: Micros = 0;
  private kept = 0;
  private broken = 0;
  private readonly meter: DeliveryMeter;
  /** Chunks that came without the hashes that prove them, and how often. */
  private readonly unprovenTries = new Map<number, number>();

  constructor(
    now: Micros,
    /** Which peer it is, as far as its rate goes. */
    readonly peer = 0,
  ) {
    this.deliveredAt = now;
    this.patience = new Patience(now);
    this.meter = new DeliveryMeter(now);
  }

  get outstanding(): number {
    return this.requests.size;
  }

  get choked(): boolean {
    return this.chokedAt !== undefined;
  }

  /** What was asked for does not come: the peer chokes, or is late. */
  get hampered(): boolean {
    return this.choked || this.late || this.patience.stalls > 0;
  }

  /** It offered chunks that it did not send, or sent nothing at all of what it was asked for. */
  get faithless(): boolean {
    return this.isFaithless || (this.kept === 0 && this.patience.stalls > 0);
  }

  /** A HAVE. RFC 7574 section 3.2. */
  offered(range: ChunkRange, now: Micros): void {
    this.available.add(range);
    this.patience.encouraged(now, this.requests.size > 0);
  }

  /** A CHOKE: what was asked for will not come. RFC 7574 section 3.9. */
  choke(source: ChunkSource, now: Micros): void {
    if (this.chokedAt === undefined) this.patience.encouraged(now, false);
    this.chokedAt ??= now;
    this.giveUp([...this.requests.awaited()], source, now);
    source.hampered();
  }

  /** An UNCHOKE. RFC 7574 section 3.9. */
  unchoke(): void {
    this.chokedAt = undefined;
  }

  /** A chunk came that is here already. */
  settled(chunk: number, now: Micros): void {
    this.requests.settle(chunk);
    if (this.requests.size === 0) this.pace.rest(now);
  }

  /** A chunk of this peer verified. */
  delivered(chunk: number, bytes: number, now: Micros): void {
    this.pace.arrived(now);
    this.requests.delivered(chunk);
    if (this.requests.size === 0) this.pace.rest(now);
    this.receivedBytes += bytes;
    this.kept++;
    this.deliveredAt = now;
    this.late = false;
    this.patience.rewarded(now);
    this.unprovenTries.delete(chunk);
  }

  /** What was delivered since the last measurement; see `DeliveryMeter`. */
  takeDelivery(now: Micros, isLast: boolean): Delivery | undefined {
    return this.meter.take({ bytes: this.receivedBytes, awaited: this.pace.awaited(now) }, now, isLast);
  }

  /**
   * A chunk came without the hashes that prove it. True if that is no accident any more: the peer takes us to know them,
   * or does not have them.
   */
  unproven(chunk: number): boolean {
    const tries = (this.unprovenTries.get(chunk) ?? 0) + 1;
    if (this.unprovenTries.size >= limits.outstandingChunksMax) this.unprovenTries.clear();
    this.unprovenTries.set(chunk, tries);
    return tries >= limits.unprovenTriesMax;
  }

  /** What is to be said to the peer now: ACKs, CANCELs and REQUESTs. */
  messages(source: ChunkSource, reader: AckReader, now: Micros): Message[] {
    const requests = this.topUp(source, now);
    return [
      ...this.acknowledgements.take(reader.modern, reader.addressing),
      ...this.takeCancels().map((range) => ({ type: 'cancel', range }) as const),
      ...requests.map((range) => ({ type: 'request', range }) as const),
    ];
  }

  /** Ranges to ask for now. Asks in batches, so that requests do not cost a datagram for each chunk. */
  topUp(source: ChunkSource, now: Micros): ChunkRange[] {
    if (this.choked) return [];
    const window = this.pace.window(now, this.patience.stalls > 0);
    const { size } = this.requests;
    const room = window - size;
    if (room <= 0 || (size > 0 && room < window / 8)) return [];
    const picked = source.pick(this, room, now);
    if (picked.length === 0 && source.doubtful) picked.push(...this.probe());
    if (picked.length === 0) return [];
    if (picked.some((chunk) => this.acknowledgements.delivered.has(chunk))) {
      this.exhausted = true;
      source.release(picked);
      return [];
    }
    if (size === 0) this.beginWaiting(now);
    this.requests.add(picked, now);
    for (const chunk of picked) this.cancels.remove({ first: chunk, last: chunk });
    return rangesOf(picked);
  }

  /** Gives back what is asked for: the channel ends. */
  releaseAll(source: ChunkSource): void {
    const awaited = [...this.requests.awaited()];
    this.requests.lapse(awaited);
    if (awaited.length > 0) source.release(awaited);
  }

  /** Another peer sent a chunk, or is asked for it: this one need not send it, and is told so. RFC 7574 section 3.8. */
  cancel(chunk: number, now: Micros): boolean {
    if (!this.requests.settle(chunk)) return false;
    this.cancels.add({ first: chunk, last: chunk });
    if (this.requests.size === 0) this.pace.rest(now);
    return true;
  }

  /** Another peer is asked for chunks that this one would send too late; what it sends all the same is taken. */
  yield(chunks: readonly number[], now: Micros): void {
    this.requests.lapse(chunks);
    for (const chunk of chunks) this.cancels.add({ first: chunk, last: chunk });
    if (this.requests.size === 0) this.pace.rest(now);
  }

  /** The CANCELs owed since the last call. */
  takeCancels(): ChunkRange[] {
    const runs = this.cancels.runs();
    if (runs.length > 0) this.cancels.clear();
    return runs;
  }

  /** How long a chunk takes that is the `place`th of those awaited: infinite if the peer does not deliver. */
  delay(place: number, now: Micros): Micros {
    return this.hampered ? Number.POSITIVE_INFINITY : this.pace.span(place, now);
  }

  /** When waiting has lasted too long, or undefined with nothing to wait for. */
  deadline(source: ChunkSource): Micros | undefined {
    if (this.requests.size > 0) {
      const { timeout } = this.pace;
      const lateAt = this.late ? Number.POSITIVE_INFINITY : this.patience.lateAt(timeout);
      return Math.min(this.patience.stallAt(timeout), lateAt, this.lookedAt + second);
    }
    if (!source.wanting) return undefined;
    const chokedUntil = this.chokedAt === undefined ? Number.POSITIVE_INFINITY : this.chokedAt + limits.chokeMax;
    return Math.min(this.patience.nudgeAt, chokedUntil);
  }

  /** Looks at what is overdue; `heardAt` is when the peer was last heard. */
  expire(source: ChunkSource, now: Micros, heardAt: Micros): Impatience | undefined {
    this.lookedAt = now;
    this.releaseOverdue(source, now);
    if (this.isFaithless) return 'leave';
    if (this.requests.size > 0) return this.expireWaiting(source, now, heardAt);
    if (!source.wanting) return undefined;
    if (this.chokedAt !== undefined && now >= this.chokedAt + limits.chokeMax) return 'leave';
    if (now < this.patience.nudgeAt) return undefined;
    this.patience.nudged(now);
    return 'nudge';
  }

  private get isFaithless(): boolean {
    return this.broken > brokenPromisesMax + this.kept;
  }

  /** After one timeout others may be asked for what is late; after two it is not waited for any more. */
  private expireWaiting(source: ChunkSource, now: Micros, heardAt: Micros): Impatience | undefined {
    const { timeout } = this.pace;
    if (now >= this.patience.stallAt(timeout)) {
      const impatience = this.patience.stalled(now, heardAt);
      this.pace.forget();
      this.broken += this.requests.overtaken;
      this.giveUp([...this.requests.awaited()], source, now);
      source.hampered();
      return impatience;
    }
    if (this.late || now < this.patience.lateAt(timeout)) return undefined;
    this.late = true;
    source.hampered();
    return undefined;
  }

  /** Any chunk, once: its peak hashes come before it. RFC 7574 section 5.6.2. */
  private probe(): number[] {
    const chunk = this.available.nextIn(0);
    if (this.probed || this.receivedBytes > 0 || chunk === undefined) return [];
    this.probed = true;
    return [chunk];
  }

  private beginWaiting(now: Micros): void {
    this.pace.begin(now, this.patience.stalls > 0);
    this.patience.begin(now);
    this.late = false;
    this.lookedAt = now;
  }

  private releaseOverdue(source: ChunkSource, now: Micros): void {
    const passed = this.requests.passedOver(now, 2 * this.pace.timeout);
    this.broken += passed.length;
    this.giveUp(passed, source, now);
    this.giveUp(this.requests.outlived(now), source, now);
  }

  private giveUp(chunks: readonly number[], source: ChunkSource, now: Micros): void {
    if (chunks.length === 0) return;
    this.requests.lapse(chunks);
    if (this.requests.size === 0) this.pace.rest(now);
    source.release(chunks);
  }
}
