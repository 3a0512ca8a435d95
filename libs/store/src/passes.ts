import { passPlaces, passSpanSeconds } from './limits';

/**
 * Tells a subscriber's next pass over a segment from the same pass, which asks for its extents one after the other. Remembers so
 * many; of two that share a place the later one is, and the other counts once more.
 */
export class Passes {
  private readonly marks = new Uint32Array(passPlaces);
  private readonly times = new Float64Array(passPlaces);

  /** True unless the same subscriber asked for the same segment a short while before. Of nobody in particular, every request counts. */
  isNew(swarm: number, segment: number, by: number, now: number): boolean {
    if (by === 0) return true;
    const mark = mixed(mixed(mixed(by, swarm), Math.floor(swarm / 2 ** 32)), segment);
    const place = mark % passPlaces;
    // The clock may have been set back: then nobody knows how long ago that was.
    const elapsed = now - (this.times[place] ?? 0);
    const isSame = this.marks[place] === mark && elapsed >= 0 && elapsed < passSpanSeconds;
    this.marks[place] = mark;
    this.times[place] = now;
    return !isSame;
  }
}

/** A hash of 32 bits, one number after the other. */
function mixed(hash: number, number: number): number {
  const product = Math.imul(hash ^ number, 0x9e3779b1);
  return (product ^ (product >>> 15)) >>> 0;
}
