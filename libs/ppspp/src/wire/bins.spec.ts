import fc from 'fast-check';
import type { ChunkRange } from '../addressing/chunk-range';
import { decodeDatagram } from './decode';
import { encodeDatagram } from './encode';
import type { Dialect, Message } from './message';

const bin32: Dialect = { addressing: 'bin32', hashBytes: 32, chunkSize: 1_024 };
const bin64: Dialect = { ...bin32, addressing: 'bin64' };

function have(bin: bigint, { addressing }: Dialect) {
  const width = addressing === 'bin32' ? 4 : 8;
  const wire = Buffer.alloc(5 + width);
  wire.writeUInt32BE(1);
  wire[4] = 3;
  if (width === 4) wire.writeUInt32BE(Number(bin), 5);
  else wire.writeBigUInt64BE(bin, 5);
  return decodeDatagram(wire, { ...bin32, addressing });
}

function binOf({ first, last }: ChunkRange): bigint {
  return BigInt(first) + BigInt(last);
}

function said(dialect: Dialect, range: ChunkRange): bigint {
  const message: Message = { type: 'have', range };
  const wire = Buffer.from(encodeDatagram(1, [message], dialect)).subarray(5);
  return wire.length === 4 ? BigInt(wire.readUInt32BE()) : wire.readBigUInt64BE();
}

/** Figure 2 of RFC 7574: bins of a tree of eight chunks, with the chunks below them. */
const figure: readonly (readonly [bin: number, first: number, last: number])[] = [
  ...[0, 2, 4, 6, 8, 10, 12, 14].map((bin) => [bin, bin / 2, bin / 2] as const),
  [1, 0, 1],
  [5, 2, 3],
  [9, 4, 5],
  [13, 6, 7],
  [3, 0, 3],
  [11, 4, 7],
  [7, 0, 7],
];

describe.each([bin32, bin64])('$addressing', (dialect) => {
  it.each(figure)('knows bin %i of RFC 7574 section 4.2 as chunks %i to %i', (bin, first, last) => {
    expect(have(BigInt(bin), dialect).messages).toEqual([{ type: 'have', range: { first, last } }]);
    expect(said(dialect, { first, last })).toBe(BigInt(bin));
  });

  it('takes the empty interval for nothing, and goes on behind it', () => {
    const width = dialect.addressing === 'bin32' ? 4 : 8;
    const wire = Uint8Array.from([0, 0, 0, 1, 3, ...Array<number>(width).fill(0xff), 10]);
    expect(decodeDatagram(wire, dialect)).toEqual({ channel: 1, messages: [{ type: 'choke' }] });
  });
});

it('knows "everything" as all chunks that can be named, RFC 7574 section 4.2', () => {
  expect(have(0x7fffffffn, bin32).messages).toEqual([{ type: 'have', range: { first: 0, last: 2 ** 31 - 1 } }]);
  const all = { first: 0, last: Number.MAX_SAFE_INTEGER };
  expect(have(0x7fffffffffffffffn, bin64).messages).toEqual([{ type: 'have', range: all }]);
});

it.each([2n ** 54n, 2n ** 54n + 1n, 2n ** 64n - 2n, 2n ** 63n, 2n ** 64n - 1n - 2n ** 62n])(
  'refuses bin %s, which lies beyond chunk 2^53 - 1',
  (bin) => {
    expect(have(bin, bin64)).toEqual({ channel: 1, messages: [], fault: 'chunk-number-too-large' });
  },
);

it.each([2n ** 54n - 2n, 2n ** 53n - 1n, 2n ** 54n - 1n - 2n ** 52n])('reads bin %s to its last chunk', (bin) => {
  const [message] = have(bin, bin64).messages;
  expect(message?.type === 'have' && binOf(message.range)).toBe(bin);
});

it('reads any bin as the chunks below it: their first and last sum up to it', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 54n - 2n), (bin) => {
      const [message] = have(bin, bin64).messages;
      expect(message?.type === 'have' ? said(bin64, message.range) : undefined).toBe(bin);
      expect(message?.type === 'have' ? binOf(message.range) : undefined).toBe(bin);
    }),
  );
});

it('reads ACK, REQUEST and DATA of 64-bit bins', () => {
  const hex =
    '00000001 02 0000000200000003 0000000000000064 08 0000000000000007 01 0000000000000002 0000000000000001 aa';
  const wire = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const messages: Message[] = [
    { type: 'ack', range: { first: 2 ** 32, last: 2 ** 32 + 3 }, delay: 100n },
    { type: 'request', range: { first: 0, last: 7 } },
    { type: 'data', range: { first: 1, last: 1 }, timestamp: 1n, bytes: Uint8Array.of(0xaa) },
  ];
  expect(decodeDatagram(wire, bin64)).toEqual({ channel: 1, messages });
  expect(encodeDatagram(1, messages, bin64)).toEqual(wire);
});
