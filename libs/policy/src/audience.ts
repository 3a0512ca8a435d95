import { Odds } from './odds';
import { Places } from './places';

/** A subscriber's place counts for so many accesses, for each resident segment. */
const recentPerSegment = 0.1;
const recentMin = 32;

/**
 * Where subscribers are, and what they are coming to: segments ahead of somebody in the same swarm, as far as it was worth
 * it of late to let such segments stay.
 */
export class Audience {
  readonly odds: Odds = new Odds();
  /** Accesses so far, modulo 2^32, signed. From the lowest on, so that 0 is long ago. */
  clock = -0x8000_0000;
  private readonly places = new Places();
  private recent = recentMin;

  get stateBytes(): number {
    return this.places.stateBytes;
  }

  /** Is right beside so many resident segments from now on. */
  fit(segments: number): void {
    this.recent = Math.max(recentMin, Math.ceil(recentPerSegment * segments));
    this.places.fit(segments);
  }

  /** Somebody asks for a segment, resident or not. */
  pass(trail: number, segment: number): void {
    this.clock = (this.clock + 1) | 0;
    this.places.note(trail, segment >>> 0, this.clock, this.recent);
  }

  /** Class of the distance between a segment and who is coming to it; 0: nobody is. */
  distance(trail: number, segment: number): number {
    return this.odds.classOf(this.places.ahead(trail, segment >>> 0, this.clock, this.recent));
  }
}
