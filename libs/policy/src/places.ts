import { placesPerSegment } from './limits';
import { at } from './numbers';

/** Places that share a set: the oldest gives way. All places of a swarm are in one set. */
const ways = 8;

/**
 * Where in their swarms subscribers were of late, so that segments ahead of them are known. A place goes on with whoever
 * asks for the next segment. Of the swarms' trails 16 bits are kept: the others choose the set.
 */
export class Places {
  private trails = new Uint16Array(ways);
  private segments = new Uint32Array(ways);
  /** When somebody was there, in accesses, modulo 2^32. */
  private times = new Uint32Array(ways);

  get stateBytes(): number {
    return this.trails.byteLength + this.segments.byteLength + this.times.byteLength;
  }

  /** Has a size that is right beside so many segments. What was remembered is forgotten when it grows. */
  fit(segments: number): void {
    const places = this.trails.length * 2;
    if (places > segments * placesPerSegment) return;
    this.trails = new Uint16Array(places);
    this.segments = new Uint32Array(places);
    this.times = new Uint32Array(places);
  }

  /** Somebody is at a segment. Places not older than `recent` accesses go on; or the oldest is given up. */
  note(trail: number, segment: number, now: number, recent: number): void {
    const first = this.setOf(trail);
    let chosen = first;
    for (let place = first; place < first + ways; place++) {
      if (this.goesOn(place, trail, segment) && this.age(place, now) < recent) {
        chosen = place;
        break;
      }
      if (this.age(place, now) > this.age(chosen, now)) chosen = place;
    }
    this.trails[chosen] = trail >>> 16;
    this.segments[chosen] = segment;
    this.times[chosen] = now;
  }

  /** How many segments ahead of the next subscriber behind it a segment is; 0: there was none in the last `recent` accesses. */
  ahead(trail: number, segment: number, now: number, recent: number): number {
    const first = this.setOf(trail);
    let nearest = 0;
    for (let place = first; place < first + ways; place++) {
      if (this.trails[place] !== trail >>> 16) continue;
      const ahead = segment - at(this.segments, place);
      if (ahead > 0 && (nearest === 0 || ahead < nearest) && this.age(place, now) < recent) nearest = ahead;
    }
    return nearest;
  }

  private goesOn(place: number, trail: number, segment: number): boolean {
    const ahead = segment - at(this.segments, place);
    return (ahead === 0 || ahead === 1) && this.trails[place] === trail >>> 16;
  }

  private age(place: number, now: number): number {
    return (now - at(this.times, place)) >>> 0;
  }

  /** Lengths are powers of two. */
  private setOf(trail: number): number {
    return trail & (this.trails.length - ways);
  }
}
