import type { Audience } from '../audience';
import { askedAgain, oneQueue } from '../frequency';
import { Ghosts } from '../ghosts';
import { HashIndex } from '../hash-index';
import { ghostsPerSegment, reprievesPerCallMax } from '../limits';
import { rowsOf, type Fingerprints } from '../numbers';
import { Line } from './line';

/** In `state`: bits of the frequency; in main; stays for somebody who is coming to it; written. */
const frequencyMask = 3;
const inMain = 4;
const awaited = 8;
const onDisk = 16;

/** What a shadow is like. */
export interface ShadowOptions {
  /** Segments that it holds. */
  readonly capacity: number;
  /** Share of the capacity for probation. */
  readonly share: number;
  /** Share of what is on probation for which there is room in memory. */
  readonly inMemory: number;
}

/** What a shadow shares with the cache. */
export interface ShadowSources {
  readonly fingerprints: Fingerprints;
  readonly audience: Audience;
}

/**
 * What the cache would be with another share for probation, in small: the same policy, each segment counted one like the
 * other. The one that has but one queue is plain LRU, in which nobody stays: what the others are measured by.
 */
export class Shadow {
  private readonly capacity: number;
  private readonly share: number;
  private readonly inMemory: number;
  private readonly trails: Int32Array;
  private readonly segments: Uint32Array;
  private readonly states: Uint8Array;
  private readonly probation: Line;
  private readonly main: Line;
  private readonly index: HashIndex;
  /** None where there is but one queue, into which all come. */
  private readonly ghosts: Ghosts | undefined;
  private readonly rowBytes: number;
  private written = 0;
  private rowsMade = 0;
  private free = 0;

  constructor(
    { capacity, share, inMemory }: ShadowOptions,
    private readonly sources: ShadowSources,
  ) {
    this.capacity = capacity;
    this.share = share;
    this.inMemory = inMemory;
    const newer = rowsOf(capacity + 1);
    this.trails = new Int32Array(capacity + 1);
    this.segments = new Uint32Array(capacity + 1);
    this.states = new Uint8Array(capacity + 1);
    this.probation = new Line(newer);
    const older = oneQueue(share) ? rowsOf(capacity + 1) : undefined;
    this.main = new Line(newer, older);
    this.index = new HashIndex(capacity + 1);
    this.ghosts = oneQueue(share) ? undefined : new Ghosts(Math.ceil(capacity * ghostsPerSegment));
    const columns = [newer, this.trails, this.segments, this.states];
    this.rowBytes = columns.reduce((sum, column) => sum + column.byteLength, older?.byteLength ?? 0);
  }

  get stateBytes(): number {
    return this.rowBytes + this.index.stateBytes + (this.ghosts?.stateBytes ?? 0);
  }

  get full(): boolean {
    return this.probation.count + this.main.count >= this.capacity;
  }

  /** A segment was asked for: true if it was in; it is now. */
  access(print: number, trail: number, segment: number): boolean {
    const found = this.find(print, trail, segment);
    if (found !== 0) {
      const state = this.states[found] ?? 0;
      if (oneQueue(this.share)) this.main.renew(found);
      else if ((state & awaited) !== 0) this.states[found] = state & ~awaited;
      else this.states[found] = (state & ~frequencyMask) | askedAgain(state & frequencyMask, this.share);
      return true;
    }
    for (let steps = 0; this.full; steps++) this.stepOut(steps < reprievesPerCallMax);
    this.add(print, trail, segment);
    return false;
  }

  /** Segments that would have been written since it was asked last; of those in memory only what is passed. */
  takeWritten(): number {
    const { written } = this;
    this.written = 0;
    return written;
  }

  private find(print: number, trail: number, segment: number): number {
    const { trails, segments, index } = this;
    let row = index.first(print);
    while (row !== 0 && (segments[row] !== segment || trails[row] !== trail)) row = index.next(row);
    return row;
  }

  private add(print: number, trail: number, segment: number): void {
    const row = this.free !== 0 ? this.free : ++this.rowsMade;
    this.free = 0;
    const known = this.ghosts === undefined || this.ghosts.take(print);
    this.trails[row] = trail;
    this.segments[row] = segment;
    // While a cache fills, all is written at once.
    const atOnce = known || this.rowsMade < this.capacity;
    this.states[row] = (known ? inMain : 0) | (atOnce ? onDisk : 0);
    if (this.rowsMade >= this.capacity) this.written += known ? 1 : 1 - this.inMemory;
    (known ? this.main : this.probation).push(row);
    this.index.add(row, print);
  }

  private stepOut(mayStay: boolean): void {
    const { probation, main, states } = this;
    const young = probation.count > this.share * this.capacity || main.count === 0;
    const row = (young ? probation : main).shift();
    const frequency = (states[row] ?? 0) & frequencyMask;
    if (frequency > 0) this.keep(row, young ? 0 : frequency - 1);
    else if (mayStay && !oneQueue(this.share) && this.expected(row)) this.keep(row, awaited);
    else this.evict(row, young);
  }

  private expected(row: number): boolean {
    const { audience } = this.sources;
    return audience.odds.worth(audience.distance(this.trails[row] ?? 0, this.segments[row] ?? 0));
  }

  private keep(row: number, state: number): void {
    if (((this.states[row] ?? 0) & onDisk) === 0) this.written += this.inMemory;
    this.states[row] = inMain | onDisk | state;
    this.main.push(row);
  }

  /** Only one row is ever free: a segment leaves for another. */
  private evict(row: number, remembered: boolean): void {
    const print = this.sources.fingerprints.of(this.trails[row] ?? 0, this.segments[row] ?? 0);
    this.index.remove(row, print);
    if (remembered) this.ghosts?.put(print);
    this.free = row;
  }
}
