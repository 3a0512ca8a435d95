import { namedFrom, type Claims } from '../titles';
import { NameHash } from './name-hash';

const zero = 0x30;
const dot = 0x2e;
/** Letters and digits of a suffix. */
const suffixMax = 5;
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
 * The swarm and the segment that each object is, as far as names tell: those that end with the segment's number, as SWARM/17,
 * film-0017, v12c3 or seg17.m4s. Plain numbers tell nothing, nor does what may be a hash.
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
    const stemEnd = withoutSuffix(name, start, end);
    const numberAt = numberIn(name, start, stemEnd);
    if (numberAt === stemEnd) return;
    this.segments[object] = valueOf(name, numberAt, stemEnd);
    this.hash.of(name, start, numberAt);
    const { high, low } = this.hash;
    // What is left of the number's suffix belongs to the swarm's name: 7.ts is not 7.m4s.
    this.hash.of(name, stemEnd, end);
    const both = Math.imul(high, 0x85eb_ca6b) ^ this.hash.high;
    this.swarms[object] = ((both >>> (32 - highBits)) | 1) * namedFrom + ((low ^ this.hash.low) >>> 0);
  }

  /** What the names of all objects say. */
  claims(): Claims {
    return { swarms: this.swarms.slice(0, this.seen), segments: this.segments.slice(0, this.seen) };
  }

  private grow(): void {
    const [swarms, segments] = [new Float64Array(2 * this.seen), new Uint32Array(2 * this.seen)];
    swarms.set(this.swarms);
    segments.set(this.segments);
    this.swarms = swarms;
    this.segments = segments;
  }
}

/** Where a suffix of a letter and up to four others begins, as .ts or .mp4, behind a digit; `end`, if there is none. */
function withoutSuffix(name: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && end - at <= suffixMax && isAlphanumeric(byteAt(name, at - 1))) at--;
  const length = end - at;
  if (length === 0 || length > suffixMax || isDigit(byteAt(name, at)) || at - 2 < start) return end;
  return name[at - 1] === dot && isDigit(byteAt(name, at - 2)) ? at - 1 : end;
}

/**
 * Where the number behind the swarm's name begins, without leading zeros, so that two names are never one segment; `end`, if
 * there is none.
 */
function numberIn(name: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isDigit(byteAt(name, at - 1))) at--;
  if (at === start || mayBeHash(name, start, at)) return end;
  while (at < end - 1 && name[at] === zero) at++;
  return end - at > digitsMax ? end : at;
}

function valueOf(name: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + byteAt(name, at) - zero;
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}

/** True if the digits at `end` follow letters, and all these and the digits before them, back to a separator, are of base 16. */
function mayBeHash(name: Uint8Array, start: number, end: number): boolean {
  let at = end;
  while (at > start && (isDigit(byteAt(name, at - 1)) || isHexLetter(byteAt(name, at - 1)))) at--;
  return at < end && (at === start || !(isAlphanumeric(byteAt(name, at - 1)) || byteAt(name, at - 1) >= 0x80));
}

function isHexLetter(byte: number): boolean {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66;
}

/** True of letters and digits of ASCII. */
function isAlphanumeric(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x7a);
}

function byteAt(name: Uint8Array, at: number): number {
  return name[at] ?? 0;
}
