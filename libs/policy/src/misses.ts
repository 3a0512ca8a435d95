import { missesMax, missesPerSegment } from './limits';
import { at } from './numbers';

const placesAtFirst = 16;

/**
 * Who asked for what was not there, until it is: each place holds the last that fell on it. So a segment that comes in knows
 * whether somebody asked for it, or it was fetched ahead.
 */
export class Misses {
  private fingerprints = new Uint32Array(placesAtFirst);
  private subscribers = new Uint32Array(placesAtFirst);

  get stateBytes(): number {
    return this.fingerprints.byteLength + this.subscribers.byteLength;
  }

  /** Has a size that is right beside so many segments. What was remembered is forgotten when it grows. */
  fit(segments: number): void {
    const places = this.fingerprints.length * 2;
    if (places > missesMax || places > segments * missesPerSegment) return;
    this.fingerprints = new Uint32Array(places);
    this.subscribers = new Uint32Array(places);
  }

  note(fingerprint: number, by: number): void {
    const place = fingerprint & (this.fingerprints.length - 1);
    this.fingerprints[place] = fingerprint;
    this.subscribers[place] = by;
  }

  /** Who asked for what has the fingerprint; undefined if nobody did of late. */
  subscriber(fingerprint: number): number | undefined {
    const place = fingerprint & (this.fingerprints.length - 1);
    return this.fingerprints[place] === fingerprint ? at(this.subscribers, place) : undefined;
  }
}
