import { NameHash } from './name-hash';

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
 * The swarm and the segment that each object is, where its name ends with the segment's number, as in SWARM/17 or film-0017. All
 * others are segments of swarm 0, in the order in which they came: plain numbers, and what may be a hash.
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
    const numberAt = numberIn(name, start, end);
    const known = numberAt < end;
    this.segments[object] = known ? valueOf(name, numberAt, end) : object;
    if (!known) return;
    this.hash.of(name, start, numberAt);
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

/**
 * Where the number behind the swarm's name begins, without leading zeros, so that two names are never one segment; `end`, if
 * there is none.
 */
function numberIn(name: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && digitAt(name, at - 1) >= 0) at--;
  if (at === start || isHex(name[at - 1] ?? 0)) return end;
  while (at < end - 1 && name[at] === zero) at++;
  return end - at > digitsMax ? end : at;
}

function valueOf(name: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + digitAt(name, at);
  return value;
}

/** Value of a digit; -1: it is none. */
function digitAt(name: Uint8Array, at: number): number {
  const digit = (name[at] ?? 0) - zero;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** True of letters that a number in base 16 has: what ends in such a one and digits may be a hash. */
function isHex(byte: number): boolean {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66;
}
