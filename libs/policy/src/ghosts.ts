import { placed } from './numbers';

/** Fingerprints that share a set: the oldest makes way. */
const ways = 4;
/** Of the places this share is filled at most, so that a set rarely overflows before its oldest is too old anyway. */
const fill = 0.75;

/**
 * Fingerprints of the segments that left last: 11 bytes each. With a million of them, one stranger in 4,000 is taken for a
 * ghost, which costs nothing but a place in the wrong queue.
 */
export class Ghosts {
  private fingerprints = new Int32Array(0);
  /** When each left, in departures, modulo 2^32. */
  private stamps = new Int32Array(0);
  private now = 0;
  private departures = 0;
  private countMax = 0;

  constructor(countMax: number) {
    this.fit(countMax);
  }

  get stateBytes(): number {
    return this.fingerprints.byteLength + this.stamps.byteLength;
  }

  /** How many are remembered, at most. */
  get count(): number {
    return Math.min(this.departures, this.countMax);
  }

  /** Remembers so many from now on. */
  fit(countMax: number): void {
    this.countMax = countMax;
    if (placesFor(countMax) > this.fingerprints.length) this.rebuild(placesFor(Math.ceil(countMax * 1.125)));
  }

  /** Remembers the fingerprint of a segment that left. */
  put(fingerprint: number): void {
    this.departures++;
    this.now = (this.now + 1) | 0;
    this.place(fingerprint, this.now);
  }

  /** True if the fingerprint is remembered; it is not any more. */
  take(fingerprint: number): boolean {
    const { fingerprints } = this;
    const wanted = fingerprint | 0;
    const set = this.set(fingerprint);
    for (let place = set; place < set + ways; place++) {
      if (fingerprints[place] !== wanted || this.age(place) >= this.countMax) continue;
      fingerprints[place] = 0;
      return true;
    }
    return false;
  }

  /** Those that are remembered, the oldest first. */
  oldestFirst(): Uint32Array {
    const byAge = new Uint32Array(this.countMax);
    for (let place = 0; place < this.fingerprints.length; place++) {
      const age = this.age(place);
      if (age < this.countMax) byAge[this.countMax - 1 - age] = this.fingerprints[place] ?? 0;
    }
    return byAge.filter((fingerprint) => fingerprint !== 0);
  }

  private age(place: number): number {
    return (this.now - (this.stamps[place] ?? 0)) >>> 0;
  }

  private place(fingerprint: number, stamp: number): void {
    const set = this.set(fingerprint);
    const { fingerprints, stamps, now } = this;
    let chosen = set;
    let oldest = -1;
    for (let place = set; place < set + ways; place++) {
      if (fingerprints[place] === 0) {
        chosen = place;
        break;
      }
      const age = (now - (stamps[place] ?? 0)) >>> 0;
      if (age <= oldest) continue;
      oldest = age;
      chosen = place;
    }
    fingerprints[chosen] = fingerprint;
    stamps[chosen] = stamp;
  }

  private rebuild(places: number): void {
    const { fingerprints, stamps } = this;
    this.fingerprints = new Int32Array(places);
    this.stamps = new Int32Array(places);
    for (let place = 0; place < fingerprints.length; place++) {
      if (fingerprints[place] !== 0) this.place(fingerprints[place] ?? 0, stamps[place] ?? 0);
    }
  }

  private set(fingerprint: number): number {
    return placed(fingerprint, this.fingerprints.length / ways) * ways;
  }
}

function placesFor(countMax: number): number {
  return Math.ceil(countMax / fill / ways) * ways;
}
