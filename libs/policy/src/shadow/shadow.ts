import { askedAgain, oneQueue } from '../frequency';
import { Ghosts } from '../ghosts';
import { HashIndex } from '../hash-index';
import { ghostsPerSegment } from '../limits';
import { at } from '../numbers';

/** In `state`: bits of the frequency, and whether the segment is in main. */
const frequencyMask = 3;
const inMain = 4;

/** A queue of rows, linked through `newer`. */
class Line {
  count = 0;
  private oldest = 0;
  private newest = 0;

  constructor(private readonly newer: Uint32Array) {}

  push(row: number): void {
    if (this.count === 0) this.oldest = row;
    else this.newer[this.newest] = row;
    this.newest = row;
    this.count++;
  }

  shift(): number {
    const row = this.oldest;
    this.oldest = at(this.newer, row);
    this.count--;
    return row;
  }
}

/**
 * What the cache would be with another share for probation, in small: S3-FIFO over fingerprints, counted one like the other.
 * 14 bytes a segment and half as many ghosts.
 */
export class Shadow {
  private readonly fingerprints: Uint32Array;
  private readonly states: Uint8Array;
  private readonly probation: Line;
  private readonly main: Line;
  private readonly index: HashIndex;
  private readonly ghosts: Ghosts;
  private rowsMade = 0;
  private free = 0;

  /**
   * @param capacity Segments that it holds.
   * @param share Share of the capacity for probation.
   */
  constructor(
    private readonly capacity: number,
    private readonly share: number,
  ) {
    const newer = new Uint32Array(capacity + 1);
    this.fingerprints = new Uint32Array(capacity + 1);
    this.states = new Uint8Array(capacity + 1);
    this.probation = new Line(newer);
    this.main = new Line(newer);
    this.index = new HashIndex(this, capacity);
    this.ghosts = new Ghosts(Math.ceil(capacity * ghostsPerSegment));
    this.rowBytes = newer.byteLength + this.fingerprints.byteLength + this.states.byteLength;
  }

  private readonly rowBytes: number;

  get stateBytes(): number {
    return this.rowBytes + this.index.stateBytes + this.ghosts.stateBytes;
  }

  get full(): boolean {
    return this.probation.count + this.main.count >= this.capacity;
  }

  hashOf(row: number): number {
    return at(this.fingerprints, row);
  }

  /** A segment was asked for: true if it was in; it is now. */
  access(fingerprint: number): boolean {
    const found = this.find(fingerprint);
    if (found !== 0) {
      const state = at(this.states, found);
      this.states[found] = (state & inMain) | askedAgain(state & frequencyMask, this.share);
      return true;
    }
    while (this.full) this.stepOut();
    this.add(fingerprint);
    return false;
  }

  private find(fingerprint: number): number {
    let place = this.index.first(fingerprint);
    for (let row = this.index.row(place); row !== 0; row = this.index.row(place)) {
      if (this.fingerprints[row] === fingerprint) return row;
      place = this.index.next(place);
    }
    return 0;
  }

  private add(fingerprint: number): void {
    const row = this.free !== 0 ? this.free : ++this.rowsMade;
    this.free = 0;
    const known = oneQueue(this.share) || this.ghosts.take(fingerprint);
    this.fingerprints[row] = fingerprint;
    this.states[row] = known ? inMain : 0;
    (known ? this.main : this.probation).push(row);
    this.index.add(row);
  }

  private stepOut(): void {
    const { probation, main, states } = this;
    if (probation.count > this.share * this.capacity || main.count === 0) {
      const row = probation.shift();
      if (at(states, row) === 0) this.evict(row, true);
      else this.keep(row, 0);
      return;
    }
    const row = main.shift();
    const frequency = at(states, row) & frequencyMask;
    if (frequency === 0) this.evict(row, false);
    else this.keep(row, frequency - 1);
  }

  private keep(row: number, frequency: number): void {
    this.states[row] = inMain | frequency;
    this.main.push(row);
  }

  /** Only one row is ever free: a segment leaves for another. */
  private evict(row: number, remembered: boolean): void {
    this.index.remove(row);
    if (remembered) this.ghosts.put(at(this.fingerprints, row));
    this.free = row;
  }
}
