import { placesPerSwarm } from './limits';
import { at, copied } from './numbers';

/**
 * Where in their swarms subscribers were of late, so that segments ahead of them are known: some places for each swarm,
 * each of which goes on with whoever asks for the next segment. By the swarms' rows.
 */
export class Places {
  private segments = new Uint32Array(0);
  /** When somebody was there, in accesses, modulo 2^32. */
  private times = new Uint32Array(0);

  get stateBytes(): number {
    return this.segments.byteLength + this.times.byteLength;
  }

  /** Makes room for rows below `rows`. */
  fit(rows: number): void {
    const places = rows * placesPerSwarm;
    if (places <= this.segments.length) return;
    this.segments = copied(this.segments, new Uint32Array(places));
    this.times = copied(this.times, new Uint32Array(places));
  }

  /** Forgets who was in the swarm of a row that is given away. */
  clear(row: number): void {
    this.times.fill(0, row * placesPerSwarm, (row + 1) * placesPerSwarm);
  }

  /** Somebody is at a segment. Places not older than `recent` accesses go on; or the oldest is given up. */
  note(row: number, segment: number, now: number, recent: number): void {
    const first = row * placesPerSwarm;
    let chosen = first;
    for (let place = first; place < first + placesPerSwarm; place++) {
      const ahead = segment - at(this.segments, place);
      if ((ahead === 0 || ahead === 1) && this.age(place, now) < recent) {
        chosen = place;
        break;
      }
      if (this.age(place, now) > this.age(chosen, now)) chosen = place;
    }
    this.segments[chosen] = segment;
    this.times[chosen] = now;
  }

  /** How many segments ahead of the next subscriber behind it a segment is; 0: there was none in the last `recent` accesses. */
  ahead(row: number, segment: number, now: number, recent: number): number {
    const first = row * placesPerSwarm;
    let nearest = 0;
    for (let place = first; place < first + placesPerSwarm; place++) {
      const ahead = segment - at(this.segments, place);
      if (ahead > 0 && (nearest === 0 || ahead < nearest) && this.age(place, now) < recent) nearest = ahead;
    }
    return nearest;
  }

  private age(place: number, now: number): number {
    return (now - at(this.times, place)) >>> 0;
  }
}
