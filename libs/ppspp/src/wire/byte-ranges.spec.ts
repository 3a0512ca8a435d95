import fc from 'fast-check';
import type { ChunkRange } from '../addressing/chunk-range';
import { chunksOfBytes, type Rounding } from './byte-ranges';
import { decodeDatagram } from './decode';
import { encodeDatagram } from './encode';
import type { Dialect } from './message';

const dialect: Dialect = { addressing: 'byte64', hashBytes: 32, chunkSize: 1_000 };
/** Four chunks and a half. */
const known: Dialect = { ...dialect, contentBytes: 4_500 };

function read(first: number, last: number, rounding: Rounding, spoken = dialect): ChunkRange | undefined {
  return chunksOfBytes({ first, last }, spoken, rounding);
}

it.each([
  { name: 'whole chunks', bytes: [1_000, 2_999], held: [1, 2], wanted: [1, 2] },
  { name: 'a part of a chunk before', bytes: [1_001, 2_999], held: [2, 2], wanted: [1, 2] },
  { name: 'a part of a chunk behind', bytes: [1_000, 2_998], held: [1, 1], wanted: [1, 2] },
  { name: 'parts at both ends', bytes: [1_999, 3_000], held: [2, 2], wanted: [1, 3] },
  { name: 'a part of one chunk', bytes: [1_001, 1_998], held: undefined, wanted: [1, 1] },
  { name: 'the short last chunk as it is', bytes: [4_000, 4_499], held: [4, 4], wanted: [4, 4] },
  { name: 'the short last chunk as a whole one', bytes: [4_000, 4_999], held: [4, 4], wanted: [4, 4] },
  { name: 'a part of the short last chunk', bytes: [4_000, 4_498], held: undefined, wanted: [4, 4] },
])('holds the chunks within, and wants those touched, of $name', ({ bytes: [first = 0, last = 0], held, wanted }) => {
  const range = (ends: number[] | undefined) => ends && { first: ends[0], last: ends[1] };
  expect(read(first, last, 'held', known)).toEqual(range(held));
  expect(read(first, last, 'wanted', known)).toEqual(range(wanted));
});

it('takes what ends anywhere for the end of a content of unknown size', () => {
  expect(read(0, 4_499, 'held')).toEqual({ first: 0, last: 4 });
});

it('takes a chunk to have 1024 bytes where nobody said how many', () => {
  expect(read(1_024, 2_047, 'held', { ...dialect, chunkSize: undefined })).toEqual({ first: 1, last: 1 });
});

it('never holds a byte more than was named, nor wants one less', () => {
  const size = fc.integer({ min: 1, max: 9_000 });
  const ends = fc.tuple(fc.nat(1e6), fc.nat(1e5));
  fc.assert(
    fc.property(size, ends, fc.boolean(), (chunkSize, [first, more], huge) => {
      const start = huge ? first + 2 ** 52 : first;
      const last = start + more;
      const spoken = { ...dialect, chunkSize, contentBytes: Number.MAX_SAFE_INTEGER };
      const held = read(start, last, 'held', spoken);
      const wanted = read(start, last, 'wanted', spoken);
      if (held !== undefined) {
        expect(held.first * chunkSize).toBeGreaterThanOrEqual(start);
        expect((held.last + 1) * chunkSize - 1).toBeLessThanOrEqual(last);
      }
      expect((wanted?.first ?? Infinity) * chunkSize).toBeLessThanOrEqual(start);
      expect(((wanted?.last ?? 0) + 1) * chunkSize - 1).toBeGreaterThanOrEqual(last);
    }),
  );
});

it('ends the content where it ends, once that is known', () => {
  const wire = Buffer.from(encodeDatagram(1, [{ type: 'have', range: { first: 3, last: 4 } }], known));
  expect([wire.readBigUInt64BE(5), wire.readBigUInt64BE(13)]).toEqual([3_000n, 4_499n]);
  const guessed = Buffer.from(encodeDatagram(1, [{ type: 'have', range: { first: 3, last: 4 } }], dialect));
  expect(guessed.readBigUInt64BE(13)).toBe(4_999n);
});

describe('DATA', () => {
  function data(first: number, last: number, length: number): Uint8Array {
    const wire = Buffer.alloc(29 + length, 7);
    wire.writeUInt32BE(1);
    wire[4] = 1;
    wire.writeBigUInt64BE(BigInt(first), 5);
    wire.writeBigUInt64BE(BigInt(last), 13);
    return wire;
  }

  it.each([
    ['as long as it is', 4_499],
    ['as long as a chunk is', 4_999],
  ])('of the last chunk may name a range %s', (_, last) => {
    const { messages, fault } = decodeDatagram(data(4_000, last, 500), known);
    expect(fault).toBeUndefined();
    expect(messages).toMatchObject([{ type: 'data', range: { first: 4, last: 4 } }]);
    expect(messages[0]?.type === 'data' && messages[0].bytes.length).toBe(500);
  });

  it('of a range that begins within a chunk is refused', () => {
    expect(decodeDatagram(data(4_001, 4_499, 499), known).fault).toBe('range-without-chunk');
  });

  it('of offsets beyond 2^53 - 1 is refused', () => {
    expect(decodeDatagram(data(2 ** 53, 2 ** 53 + 1_024, 10), known).fault).toBe('chunk-number-too-large');
  });
});

it('leaves out what says nothing, and reads on', () => {
  const wire = Buffer.alloc(4 + 17 + 1);
  wire.writeUInt32BE(1);
  wire[4] = 3;
  wire.writeBigUInt64BE(1_001n, 5);
  wire.writeBigUInt64BE(1_002n, 13);
  wire[21] = 11;
  expect(decodeDatagram(wire, known)).toEqual({ channel: 1, messages: [{ type: 'unchoke' }] });
});
