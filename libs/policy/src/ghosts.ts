import { at, hash, placed } from './numbers';

/** Fingerprints that share a set: the oldest makes way. */
const ways = 4;
/** Of the places this share is filled at most, so that a set rarely overflows before its oldest is too old anyway. */
const fill = 0.75;
const fingerprintKey = 0x9e3779b9;

/**
 * Fingerprints of the segments that left last, the newest `countMax` of them: 11 bytes each. A stranger is taken for a
 * ghost once in a thousand million times, which costs nothing but a place in the wrong queue.
 */
export class Ghosts {
  private fingerprints: Uint32Array;
  /** When each left, in departures. */
  private stamps: Uint32Array;
  private departures = 0;

  constructor(
    private countMax: number,
    private readonly seed: number,
  ) {
    this.fingerprints = new Uint32Array(placesFor(countMax));
    this.stamps = new Uint32Array(this.fingerprints.length);
  }

  get stateBytes(): number {
    return this.fingerprints.byteLength + this.stamps.byteLength;
  }

  /** How many are remembered, at most. */
  get count(): number {
    return Math.min(this.departures, this.countMax);
  }

  add(swarm: number, segment: number): void {
    this.departures++;
    this.put(this.set(swarm, segment), fingerprintOf(swarm, segment, this.seed), this.departures);
  }

  /** True if the segment is remembered; it is not any more. */
  take(swarm: number, segment: number): boolean {
    const set = this.set(swarm, segment);
    const fingerprint = fingerprintOf(swarm, segment, this.seed);
    for (let place = set; place < set + ways; place++) {
      if (this.fingerprints[place] !== fingerprint || !this.recent(place)) continue;
      this.fingerprints[place] = 0;
      return true;
    }
    return false;
  }

  private recent(place: number): boolean {
    return this.departures - at(this.stamps, place) < this.countMax;
  }

  private put(set: number, fingerprint: number, stamp: number): void {
    let oldest = set;
    for (let place = set; place < set + ways; place++) {
      const emptier = this.fingerprints[place] === 0;
      if (emptier || at(this.stamps, place) < at(this.stamps, oldest)) oldest = place;
      if (emptier) break;
    }
    this.fingerprints[oldest] = fingerprint;
    this.stamps[oldest] = stamp;
  }

  private set(swarm: number, segment: number): number {
    return placed(hash(segment, swarm, this.seed), this.fingerprints.length / ways) * ways;
  }
}

function placesFor(countMax: number): number {
  return Math.ceil(countMax / fill / ways) * ways;
}

/** Never 0: that marks an empty place. */
function fingerprintOf(swarm: number, segment: number, seed: number): number {
  return hash(segment, swarm, seed ^ fingerprintKey) || 1;
}
