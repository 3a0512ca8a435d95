import { NameHash } from './name-hash';

const slash = 0x2f;
const zero = 0x30;
const objectsMin = 2 ** 10;
/** Swarms are named by whole numbers below 2^52. */
const highBits = 20;
/** Digits of a segment's number: as many as 32 bits hold for sure. */
const digitsMax = 9;

/** The objects of a trace, by their numbers. */
export interface TraceObjects {
  /** Bytes of each. */
  readonly bytes: Uint32Array;
  /** The swarm that each is of, a whole number below 2^52. */
  readonly swarms: Float64Array;
  /** Its number in the swarm. */
  readonly segments: Uint32Array;
}

/**
 * The swarm and the segment that each object is, where it is named SWARM/SEGMENT, the segment a number. All others are segments of
 * swarm 0, in the order in which they came.
 */
export class ObjectNames {
  private swarms = new Float64Array(objectsMin);
  private segments = new Uint32Array(objectsMin);
  private seen = 0;
  private readonly hash = new NameHash();

  /** An object was asked for; its number and its name. Objects come in the order of their numbers. */
  see(object: number, ...[name, start, end]: [Uint8Array, number, number]): void {
    if (object < this.seen) return;
    if (object === this.segments.length) this.grow();
    this.seen = object + 1;
    const swarmEnd = lastSlash(name, start, end);
    const segment = swarmEnd > start ? numberIn(name, swarmEnd + 1, end) : -1;
    this.segments[object] = segment < 0 ? object : segment;
    if (segment < 0) return;
    this.hash.of(name, start, swarmEnd);
    this.swarms[object] = (this.hash.high >>> (32 - highBits)) * 2 ** 32 + this.hash.low;
  }

  /** With what is known of each object's bytes. */
  objects(bytes: Uint32Array): TraceObjects {
    return { bytes, swarms: this.swarms.slice(0, this.seen), segments: this.segments.slice(0, this.seen) };
  }

  private grow(): void {
    const [swarms, segments] = [new Float64Array(2 * this.seen), new Uint32Array(2 * this.seen)];
    swarms.set(this.swarms);
    segments.set(this.segments);
    this.swarms = swarms;
    this.segments = segments;
  }
}

/** `start`, if there is none behind it. */
function lastSlash(name: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && name[at] !== slash) at--;
  return at;
}

/** A number as it is usually written; -1 for all else, so that two names are never one segment. */
function numberIn(name: Uint8Array, start: number, end: number): number {
  const digits = end - start;
  if (digits < 1 || digits > digitsMax || (digits > 1 && name[start] === zero)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (name[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
