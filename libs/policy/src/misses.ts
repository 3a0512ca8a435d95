import { missesMax, missesPerSegment } from './limits';

const placesAtFirst = 16;

/**
 * Who asked for what was not there, until it is: each place holds the last that fell on it. So a segment that comes in knows
 * whether somebody asked for it, or it was fetched ahead.
 */
export class Misses {
  private fingerprints = new Int32Array(placesAtFirst);
  /** 16 bits of each. */
  private subscribers = new Uint16Array(placesAtFirst);

  get stateBytes(): number {
    return this.fingerprints.byteLength + this.subscribers.byteLength;
  }

  /** Has a size that is right beside so many segments. What was remembered is forgotten when it grows. */
  fit(segments: number): void {
    const places = this.fingerprints.length * 2;
    if (places > missesMax || places > segments * missesPerSegment) return;
    this.fingerprints = new Int32Array(places);
    this.subscribers = new Uint16Array(places);
  }

  note(fingerprint: number, by: number): void {
    const place = fingerprint & (this.fingerprints.length - 1);
    this.fingerprints[place] = fingerprint;
    this.subscribers[place] = by;
  }

  /** 16 bits of who asked for what has the fingerprint; undefined if nobody did of late. */
  subscriber(fingerprint: number): number | undefined {
    const place = fingerprint & (this.fingerprints.length - 1);
    return this.fingerprints[place] === fingerprint ? this.subscribers[place] : undefined;
  }
}
