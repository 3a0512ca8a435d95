/** What a policy knows that a restart would lose. */
export interface PolicyState {
  /** Key of the fingerprints. */
  readonly seed: number;
  readonly probationShare: number;
  /** For each class of distance: how many were asked for, and how many there were. */
  readonly odds: Float64Array;
  /** Keys of swarms. */
  readonly swarms: Float64Array;
  /** Segments on probation and then those in main, oldest first, three numbers each: place in `swarms`, low half, and the rest. */
  readonly segments: Uint32Array;
  /** Fingerprints, oldest first. */
  readonly ghosts: Uint32Array;
}

/** "WEIRPOL" and the version, which changes with the layout: then what was saved is forgotten. */
const magic = 0x5745_4952;
const version = 0x504f_4c02;
const headerWords = 8;
const hashStart = 0x811c_9dc5;
const hashFactor = 0x0100_0193;

/** A state in bytes: a header of 32 with a checksum, then what it is made of. In the byte order of this machine. */
export function encodeState({ seed, probationShare, odds, swarms, segments, ghosts }: PolicyState): Uint8Array {
  const doubles = Float64Array.of(probationShare, ...odds);
  const parts = [doubles, swarms, segments, ghosts];
  const bytes = new Uint8Array(headerWords * 4 + parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = headerWords * 4;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  const words = new Uint32Array(bytes.buffer);
  words.set([magic, version, seed, odds.length, swarms.length, segments.length, ghosts.length]);
  words[headerWords - 1] = checksum(words);
  return bytes;
}

/** What `encodeState` made bytes of; undefined for any other bytes. */
export function decodeState(bytes: Uint8Array): PolicyState | undefined {
  if (bytes.byteLength < headerWords * 4 || bytes.byteLength % 4 !== 0) return undefined;
  // A copy, since bytes may begin anywhere in what they were read into; the `slice` of a Buffer is none.
  const words = new Uint32Array(new Uint8Array(bytes).buffer);
  const [one, other, , , , , , sum] = words;
  return one === magic && other === version && sum === checksum(words) ? partsOf(words) : undefined;
}

function partsOf(words: Uint32Array<ArrayBuffer>): PolicyState | undefined {
  const [, , seed = 0, odds = 0, swarms = 0, segments = 0, ghosts = 0] = words;
  if (words.length !== headerWords + 2 * (1 + odds + swarms) + segments + ghosts) return undefined;
  const { buffer } = words;
  const oddsAt = headerWords * 4 + 8;
  const swarmsAt = oddsAt + odds * 8;
  const segmentsAt = swarmsAt + swarms * 8;
  return {
    seed,
    probationShare: new Float64Array(buffer, headerWords * 4, 1)[0] ?? 0,
    odds: new Float64Array(buffer, oddsAt, odds),
    swarms: new Float64Array(buffer, swarmsAt, swarms),
    segments: new Uint32Array(buffer, segmentsAt, segments),
    ghosts: new Uint32Array(buffer, segmentsAt + segments * 4, ghosts),
  };
}

/** Of all words but the checksum itself. */
function checksum(words: Uint32Array): number {
  let sum = hashStart;
  for (let index = 0; index < words.length; index++) {
    if (index !== headerWords - 1) sum = Math.imul(sum ^ (words[index] ?? 0), hashFactor);
  }
  return (sum ^ (sum >>> 15)) >>> 0;
}
