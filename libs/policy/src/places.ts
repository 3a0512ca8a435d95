import { placesPerSegment } from './limits';

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
  private times = new Int32Array(ways);

  get stateBytes(): number {
    return this.trails.byteLength + this.segments.byteLength + this.times.byteLength;
  }

  /** Has a size that is right beside so many segments. What was remembered is forgotten when it grows. */
  fit(segments: number): void {
    const places = this.trails.length * 2;
    if (places > segments * placesPerSegment) return;
    this.trails = new Uint16Array(places);
    this.segments = new Uint32Array(places);
    this.times = new Int32Array(places);
  }

  /** Somebody is at a segment. Places not older than `recent` accesses go on; or the oldest is given up. */
  note(trail: number, segment: number, now: number, recent: number): void {
    const { trails, segments, times } = this;
    const tag = trail >>> 16;
    const first = this.setOf(trail);
    let chosen = first;
    let oldest = -1;
    for (let place = first; place < first + ways; place++) {
      const age = (now - (times[place] ?? 0)) >>> 0;
      if (trails[place] === tag && age < recent && goesOn(segments[place] ?? 0, segment)) {
        chosen = place;
        break;
      }
      if (age <= oldest) continue;
      oldest = age;
      chosen = place;
    }
    trails[chosen] = tag;
    segments[chosen] = segment;
    times[chosen] = now;
  }

  /** How many segments ahead of the next subscriber behind it a segment is; 0: there was none in the last `recent` accesses. */
  ahead(trail: number, segment: number, now: number, recent: number): number {
    const { trails, segments, times } = this;
    const tag = trail >>> 16;
    const first = this.setOf(trail);
    let nearest = 0;
    for (let place = first; place < first + ways; place++) {
      if (trails[place] !== tag) continue;
      const ahead = segment - (segments[place] ?? 0);
      if (ahead <= 0 || (nearest !== 0 && ahead >= nearest)) continue;
      if ((now - (times[place] ?? 0)) >>> 0 < recent) nearest = ahead;
    }
    return nearest;
  }

  /** Lengths are powers of two. */
  private setOf(trail: number): number {
    return trail & (this.trails.length - ways);
  }
}

/** True if who was at one segment is there still, or at the next. */
function goesOn(before: number, segment: number): boolean {
  return segment === before || segment === before + 1;
}
