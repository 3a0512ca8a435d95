import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { limits, second, type Micros } from '../limits';
import { Acknowledgements } from './acknowledgements';
import { Proofs } from './proofs';

/** Chooses what a peer is asked for. */
export interface ChunkSource {
  /** Something is to be fetched, from whoever has it. */
  readonly wanting: boolean;
  /** The content's size is not quite certain: another peer's word on it is worth a chunk. */
  readonly doubtful: boolean;
  /** At most `count` chunks out of what the peer has, now counted as asked for. */
  pick(available: ChunkSet, count: number): number[];
  /** Chunks that were asked for and will not come from this peer. */
  release(chunks: readonly number[]): void;
}

/** What waiting has led to: the peer is asked whether it is still there, or it is left. */
export type Impatience = 'nudge' | 'leave';

interface Asked {
  readonly at: Micros;
  readonly sequence: number;
}

/** Chunks asked for before anything is known of a peer's rate, and after it stalled. */
const windowStart = 64;
const windowAfterStall = 16;

/** Deliveries are counted in spans of this length; the window is what came in the last two. */
const rateSpan = second / 2;

/** A chunk counts as passed over when so many asked for later have arrived. */
const passedOver = 32;

/** However slowly a peer progresses, what it was asked this long ago is asked for again. */
const requestLife = 15 * second;

/**
 * Fetches from one peer: what it has, what it was asked for, what it is owed.
 *
 * The window follows the rate: as much as arrived in the last half to one second, so that a peer is asked little ahead of
 * what it can send, and a faster one is found out within a few round trips. RFC 7574 section 3.7.
 */
export class Downloader {
  readonly available = new ChunkSet(limits.availabilityRunsMax);
  readonly proofs = new Proofs();
  readonly acknowledgements = new Acknowledgements();
  /** Content bytes that came from this peer and verified. */
  receivedBytes = 0;
  /** A chunk was picked that this peer delivered before, whose hashes it will not send again on this channel. */
  exhausted = false;
  /** When a chunk of this peer last verified, or waiting for one began. */
  deliveredAt: Micros;
  private readonly asked = new Map<number, Asked>();
  /** Asked for and given up: what comes late is taken all the same. */
  private readonly lapsed = new Set<number>();
  private chokedAt: Micros | undefined;
  private probed = false;
  private sequence = 0;
  private newestDelivered = 0;
  private stalls = 0;
  private nudges = 0;
  /** Since when nothing but silence was heard of what is awaited. */
  private waitingSince: Micros = 0;
  /** When waiting was last begun, rewarded, or given a push. */
  private progressAt: Micros;
  private lookedAt: Micros = 0;
  private spanStart: Micros = 0;
  private deliveredInSpan = 0;
  private deliveredBefore = 0;
  /** Chunks that came without the hashes that prove them, and how often. */
  private readonly unprovenTries = new Map<number, number>();

  constructor(now: Micros) {
    this.deliveredAt = now;
    this.progressAt = now;
  }

  /** True if the chunk was asked of this peer and has not come. */
  awaits(chunk: number): boolean {
    return this.asked.has(chunk) || this.lapsed.has(chunk);
  }

  get outstanding(): number {
    return this.asked.size;
  }

  get choked(): boolean {
    return this.chokedAt !== undefined;
  }

  /** A HAVE. RFC 7574 section 3.2. */
  offered(range: ChunkRange, now: Micros): void {
    this.available.add(range);
    this.nudges = 0;
    if (this.asked.size === 0) this.progressAt = now;
  }

  /** A CHOKE: what was asked for will not come. RFC 7574 section 3.9. */
  choke(source: ChunkSource, now: Micros): void {
    this.chokedAt ??= now;
    this.releaseAll(source);
  }

  /** An UNCHOKE. RFC 7574 section 3.9. */
  unchoke(): void {
    this.chokedAt = undefined;
  }

  /** A chunk came that is here already. */
  settled(chunk: number): void {
    this.asked.delete(chunk);
    this.lapsed.delete(chunk);
  }

  /** A chunk of this peer verified. */
  delivered(chunk: number, bytes: number, now: Micros): void {
    const asked = this.asked.get(chunk);
    if (asked !== undefined) this.newestDelivered = Math.max(this.newestDelivered, asked.sequence);
    this.settled(chunk);
    this.receivedBytes += bytes;
    this.turnSpan(now);
    this.deliveredInSpan++;
    this.progressAt = now;
    this.waitingSince = now;
    this.deliveredAt = now;
    this.stalls = 0;
    this.nudges = 0;
    this.unprovenTries.delete(chunk);
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

  /** Ranges to ask for now. Asks in batches, so that requests do not cost a datagram for each chunk. */
  topUp(source: ChunkSource, now: Micros): ChunkRange[] {
    if (this.choked) return [];
    const window = this.window(now);
    const room = window - this.asked.size;
    if (room <= 0 || (this.asked.size > 0 && room < window / 8)) return [];
    const picked = source.pick(this.available, room);
    if (picked.length === 0 && source.doubtful) picked.push(...this.probe());
    if (picked.length === 0) return [];
    if (picked.some((chunk) => this.acknowledgements.delivered.has(chunk))) {
      this.exhausted = true;
      source.release(picked);
      return [];
    }
    if (this.asked.size === 0) this.beginWaiting(now);
    for (const chunk of picked) {
      this.asked.set(chunk, { at: now, sequence: ++this.sequence });
      this.lapsed.delete(chunk);
    }
    return rangesOf(picked);
  }

  /** Gives back what is asked for: the peer choked, closed, lied or stalled. */
  releaseAll(source: ChunkSource): void {
    this.giveUp([...this.asked.keys()], source);
  }

  /** Another peer sent a chunk that this one was asked for too long ago; true if it may be told so. */
  cameElsewhere(chunk: number): boolean {
    return this.lapsed.delete(chunk);
  }

  /** When waiting has lasted too long, or undefined with nothing to wait for. */
  deadline(source: ChunkSource): Micros | undefined {
    if (this.asked.size > 0) return Math.min(this.progressAt + this.patience(), this.lookedAt + second);
    if (!source.wanting) return undefined;
    return this.chokedAt === undefined ? this.nudgeAt() : this.chokedAt + limits.chokeMax;
  }

  /** Looks at what is overdue; `heardAt` is when the peer was last heard. */
  expire(source: ChunkSource, now: Micros, heardAt: Micros): Impatience | undefined {
    this.lookedAt = now;
    this.releasePassedOver(source, now);
    if (this.asked.size > 0)
      return now < this.progressAt + this.patience() ? undefined : this.stall(source, now, heardAt);
    if (!source.wanting) return undefined;
    if (this.chokedAt !== undefined) return now < this.chokedAt + limits.chokeMax ? undefined : 'leave';
    if (now < this.nudgeAt()) return undefined;
    this.nudges++;
    this.progressAt = now;
    return 'nudge';
  }

  /** Nothing came for too long: others may be asked, and so is this one, for less. */
  private stall(source: ChunkSource, now: Micros, heardAt: Micros): Impatience | undefined {
    const isSilent = heardAt <= this.waitingSince;
    this.stalls++;
    this.deliveredInSpan = 0;
    this.deliveredBefore = 0;
    this.progressAt = now;
    this.releaseAll(source);
    if (this.stalls >= (isSilent ? limits.silentStallsMax : limits.stallsMax)) return 'leave';
    return isSilent ? 'nudge' : undefined;
  }

  /** Any chunk, once: its peak hashes come before it. RFC 7574 section 5.6.2. */
  private probe(): number[] {
    const chunk = this.available.nextIn(0);
    if (this.probed || this.receivedBytes > 0 || chunk === undefined) return [];
    this.probed = true;
    return [chunk];
  }

  private beginWaiting(now: Micros): void {
    // Asked again at the moment it stalled, the peer goes on being waited for.
    if (this.stalls === 0 || now > this.progressAt) this.waitingSince = now;
    this.progressAt = now;
    this.lookedAt = now;
  }

  private releasePassedOver(source: ChunkSource, now: Micros): void {
    const overdue: number[] = [];
    for (const [chunk, { at, sequence }] of this.asked) {
      const isPassedOver = this.newestDelivered - sequence >= passedOver && now - at >= limits.stallMin;
      if (isPassedOver || now - at >= requestLife) overdue.push(chunk);
    }
    this.giveUp(overdue, source);
  }

  private giveUp(chunks: readonly number[], source: ChunkSource): void {
    if (chunks.length === 0) return;
    for (const chunk of chunks) {
      this.asked.delete(chunk);
      this.lapsed.add(chunk);
    }
    for (const oldest of this.lapsed) {
      if (this.lapsed.size <= limits.outstandingChunksMax) break;
      this.lapsed.delete(oldest);
    }
    source.release(chunks);
  }

  private patience(): Micros {
    return Math.min(limits.stallMin * 2 ** this.stalls, limits.stallMax);
  }

  /** Each interval twice: one lost datagram must not cost twice the time. */
  private nudgeAt(): Micros {
    return this.progressAt + Math.min(limits.nudgeFirst * 2 ** Math.floor(this.nudges / 2), limits.nudgeMax);
  }

  private window(now: Micros): number {
    this.turnSpan(now);
    if (this.stalls > 0) return windowAfterStall;
    return Math.min(limits.outstandingChunksMax, windowStart + this.deliveredInSpan + this.deliveredBefore);
  }

  private turnSpan(now: Micros): void {
    const elapsed = now - this.spanStart;
    if (elapsed < rateSpan) return;
    this.deliveredBefore = elapsed < 2 * rateSpan ? this.deliveredInSpan : 0;
    this.deliveredInSpan = 0;
    this.spanStart = now;
  }
}

/** Ascending chunks as ranges. */
function rangesOf(chunks: readonly number[]): ChunkRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const chunk of chunks) {
    const current = ranges.at(-1);
    if (current?.last === chunk - 1) current.last = chunk;
    else ranges.push({ first: chunk, last: chunk });
  }
  return ranges;
}
