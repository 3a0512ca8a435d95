// Makes an input out of others. Random numbers come from a seed, so that a run can be repeated.

/** 32-bit numbers that sit at the edges of things. */
const edges = [
  0,
  1,
  2,
  3,
  7,
  8,
  63,
  64,
  127,
  128,
  255,
  256,
  511,
  512,
  1023,
  1024,
  4095,
  65535,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];
/** Two of three mutations get one change, the others up to this many on top of each other. */
const changesMax = 8;

/** Numbers in [0, 2^32), by xorshift. */
export function dice(seed) {
  let state = seed >>> 0 || 1;
  const roll = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  return { roll, below: (end) => (end < 1 ? 0 : roll() % end), pick: (list) => list[roll() % list.length] };
}

/** `mutate(input, other)`: a changed copy of `input`, partly of `other`, at most `bytesMax` long. */
export function mutator(random, { bytesMax, dictionary }) {
  const words = dictionary.length === 0 ? [Buffer.from([0])] : dictionary;
  const put = (bytes, at, removed, added) =>
    Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + removed))]);
  const spot = (bytes) => random.below(bytes.length + 1);
  const length = (bytes) => 1 + random.below(random.below(4) === 0 ? bytes.length : Math.min(16, bytes.length));
  const noise = (count) => Buffer.from(Array.from({ length: count }, () => random.below(256)));
  const slice = (bytes) => {
    const at = spot(bytes);
    return bytes.subarray(at, at + length(bytes));
  };
  const number = () => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(random.below(3) === 0 ? 0xffffffff : 0, 0);
    bytes.writeUInt32BE((random.pick(edges) + random.below(2)) % 2 ** 32, 4);
    return bytes.subarray(random.pick([0, 4, 4, 6, 7]));
  };
  const changes = [
    (bytes) => changedByte(bytes, spot(bytes), (byte) => byte ^ (1 << random.below(8))),
    (bytes) => changedByte(bytes, spot(bytes), () => random.below(256)),
    (bytes) => changedByte(bytes, spot(bytes), (byte) => byte + random.below(35) - 17),
    (bytes) => put(bytes, spot(bytes), length(bytes), Buffer.alloc(0)),
    (bytes) => put(bytes, spot(bytes), 0, noise(1 + random.below(8))),
    (bytes) => put(bytes, spot(bytes), 0, slice(bytes)),
    (bytes) => replaced(bytes, slice(bytes)),
    (bytes) => replaced(bytes, number()),
    (bytes) => replaced(bytes, random.pick(words)),
    (bytes) => put(bytes, spot(bytes), 0, random.pick(words)),
    (bytes) => bytes.subarray(0, spot(bytes)),
    (bytes, other) => put(bytes, spot(bytes), 0, slice(other)),
    (bytes, other) => replaced(bytes, slice(other)),
    (bytes, other) => Buffer.concat([bytes.subarray(0, spot(bytes)), other.subarray(spot(other))]),
  ];
  const replaced = (bytes, by) => put(bytes, spot(bytes), by.length, by);
  return (input, other) => {
    let bytes = Buffer.from(input);
    const count = random.below(3) > 0 ? 1 : 2 + random.below(changesMax - 1);
    for (let done = 0; done < count; done++) bytes = random.pick(changes)(bytes, Buffer.from(other));
    return bytes.subarray(0, bytesMax);
  };
}

function changedByte(bytes, at, change) {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = change(copy[at]) & 255;
  return copy;
}

/** The input without whatever it can lose while `holds(shorter)` stays true, as far as `tries` go. */
export function shrunk(input, holds, tries) {
  let bytes = Buffer.from(input);
  let left = tries;
  for (let step = Math.max(1, bytes.length >> 1); step >= 1 && left > 0; step >>= 1) {
    for (let at = 0; at < bytes.length && left > 0; left--) {
      const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + step)]);
      if (holds(shorter)) bytes = shorter;
      else at += step;
    }
  }
  return bytes;
}
