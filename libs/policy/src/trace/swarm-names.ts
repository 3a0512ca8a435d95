import { NameHash } from './name-hash';

const slash = 0x2f;
const objectsMin = 2 ** 10;
/** Swarms are named by whole numbers below 2^52. */
const highBits = 20;

/** The swarm that each object is of, where objects are named SWARM/SEGMENT. One without a slash is a swarm of its own. */
export class SwarmNames {
  private swarms = new Float64Array(objectsMin);
  private seen = 0;
  private readonly hash = new NameHash();

  /** An object was asked for; its number and its name. Objects come in the order of their numbers. */
  see(object: number, ...[name, start, end]: [Uint8Array, number, number]): void {
    if (object < this.seen) return;
    if (object === this.swarms.length) {
      const larger = new Float64Array(2 * object);
      larger.set(this.swarms);
      this.swarms = larger;
    }
    this.hash.of(name, start, swarmEnd(name, start, end));
    this.swarms[object] = (this.hash.high >>> (32 - highBits)) * 2 ** 32 + this.hash.low;
    this.seen = object + 1;
  }

  /** By the numbers of the objects. */
  ofObjects(): Float64Array {
    return this.swarms.slice(0, this.seen);
  }
}

function swarmEnd(name: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && name[at] !== slash) at--;
  return at > start ? at : end;
}
