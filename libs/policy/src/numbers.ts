/** The numbers of rows, in two bytes each as long as that will do. */
export type Rows = Uint16Array | Uint32Array;
/** The typed arrays that tables are made of. */
export type Numbers = Uint8Array | Int32Array | Rows | Float64Array;

const narrowMax = 0x1_0000;

/** `length` numbers of rows of a table that has `rows` of them, all 0. */
export function rowsOf(rows: number, length: number = rows): Rows {
  return rows <= narrowMax ? new Uint16Array(length) : new Uint32Array(length);
}

/** What stands at `index`, which is within the array: the type checker cannot know, and a cast would say less. */
export function at(numbers: Numbers, index: number): number {
  return numbers[index] ?? 0;
}

/** `to`, which is larger, with all of `from` at its begin. */
export function copied<Kind extends Numbers>(from: Kind, to: Kind): Kind {
  to.set(from);
  return to;
}

/** Rows a table of `rows` grows to: by a sixteenth, since half of a doubled table would be nobody's memory. */
export function grown(rows: number): number {
  return Math.ceil(rows * 1.0625);
}

const two32 = 0x1_0000_0000;
/** Looked up once: where tests run, a global costs more than all the rest. */
const { imul, floor } = Math;

/** A hash of 32 bits of two whole numbers below 2^53. Keyed, so that who chooses numbers cannot choose collisions. */
export function hash(first: number, second: number, key: number): number {
  let mixed = imul((first >>> 0) ^ key, 0x85ebca6b);
  mixed = imul((mixed ^ (mixed >>> 15)) + ((first / two32) >>> 0), 0xc2b2ae35);
  mixed = imul((mixed ^ (mixed >>> 13)) + (second >>> 0), 0x27d4eb2f);
  mixed = imul((mixed ^ (mixed >>> 16)) + ((second / two32) >>> 0) + key, 0x165667b1);
  mixed = imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** `hash` of two numbers of 32 bits, signed or not; the hash is signed. */
function hash32(first: number, second: number, key: number): number {
  let mixed = imul(first ^ key, 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  mixed = imul((mixed ^ (mixed >>> 13)) + second, 0x27d4eb2f);
  mixed = imul((mixed ^ (mixed >>> 16)) + key, 0x165667b1);
  mixed = imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return mixed ^ (mixed >>> 15);
}

/** `hash` as a place among `places`, evenly. */
export function placed(hashed: number, places: number): number {
  return floor(((hashed >>> 0) * places) / two32);
}

const fingerprintKey = 0x9e3779b9;

/**
 * Segments in 32 bits, for what finds them, and what may take one for another now and then. They outlive a restart, with their key.
 * Signed: so they are small integers, which nothing has to allocate.
 */
export class Fingerprints {
  private key: number;
  /** The swarm asked for last, and its trail: it is mostly asked for again at once. */
  private swarm = -1;
  private trailOfSwarm = 0;

  constructor(private seedOfAll: number) {
    this.key = seedOfAll ^ fingerprintKey;
  }

  get seed(): number {
    return this.seedOfAll;
  }

  set seed(seed: number) {
    this.seedOfAll = seed;
    this.key = seed ^ fingerprintKey;
    this.swarm = -1;
  }

  /** A swarm in 32 bits. */
  trail(swarm: number): number {
    if (swarm !== this.swarm) {
      this.swarm = swarm;
      this.trailOfSwarm = hash(swarm, 0, this.key) | 0;
    }
    return this.trailOfSwarm;
  }

  /** A segment of the swarm that has the trail. Never 0, which marks empty places. */
  of(trail: number, segment: number): number {
    return hash32(segment | 0, trail, this.key) || 1;
  }

  /** A segment of a swarm. */
  ofSwarm(swarm: number, segment: number): number {
    return this.of(this.trail(swarm), segment);
  }
}
