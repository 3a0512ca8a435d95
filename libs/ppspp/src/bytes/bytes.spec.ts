import fc from 'fast-check';
import { Reader } from './reader';
import { Writer } from './writer';

describe('Reader', () => {
  it('reads big-endian integers and views of the source', () => {
    const source = Uint8Array.of(
      0xff,
      1,
      2,
      0,
      0,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      2,
      255,
      255,
      255,
      255,
      255,
      255,
      255,
      254,
      7,
    );
    const reader = new Reader(source.subarray(1));
    expect([reader.u16(), reader.u32(), reader.u64(), reader.u64Opaque()]).toEqual([
      0x102,
      3,
      2 ** 32 + 2,
      2n ** 64n - 2n,
    ]);
    const rest = reader.bytes(1);
    expect(rest).toEqual(Uint8Array.of(7));
    expect(rest.buffer).toBe(source.buffer);
    expect([reader.remaining, reader.fault]).toEqual([0, undefined]);
  });

  it('yields zeros after a read past the end, and keeps the first fault', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3));
    expect([reader.u32(), reader.u8(), reader.u64Opaque(), reader.bytes(1).length]).toEqual([0, 0, 0n, 0]);
    reader.fail('range-reversed');
    expect([reader.fault, reader.remaining]).toEqual(['truncated', 0]);
  });

  it.each([
    [2 ** 53 - 1, 0x001fffff, 0xffffffff, undefined],
    [0, 0x00200000, 0, 'chunk-number-too-large'],
    [0, 0xffffffff, 0xffffffff, 'chunk-number-too-large'],
  ] as const)('reads %d from 64 bits of %d and %d, fault %s', (value, high, low, fault) => {
    const reader = new Reader(new Writer(8).u32(high).u32(low).copy());
    expect([reader.u64(), reader.fault]).toEqual([value, fault]);
  });

  it('never throws, whatever is read from whatever bytes', () => {
    const reads = fc.array(fc.constantFrom('u8', 'u16', 'u32', 'u64', 'u64Opaque'), { maxLength: 20 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), reads, (bytes, kinds) => {
        const reader = new Reader(bytes);
        for (const kind of kinds) reader[kind]();
        expect(reader.remaining).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('Writer', () => {
  it('writes nothing of what does not fit, and stays full until it is rewound', () => {
    const writer = new Writer(4);
    writer.u16(1).u32(2);
    expect([writer.length, writer.full]).toEqual([2, true]);
    writer.u8(3);
    expect([writer.length, writer.full]).toEqual([2, true]);
    writer.rewind(1);
    expect([writer.u8(9).full, writer.copy()]).toEqual([false, Uint8Array.of(0, 9)]);
  });

  it('fills its buffer to the last byte', () => {
    const writer = new Writer(8).u64Opaque(-1n);
    expect([writer.full, writer.u8(0).full]).toEqual([false, true]);
  });

  it('gives a copy that later writes do not change', () => {
    const writer = new Writer(1).u8(1);
    const copy = writer.copy();
    writer.rewind(0);
    writer.u8(2);
    expect(copy).toEqual(Uint8Array.of(1));
  });

  it('writes what Reader reads', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.bigInt(0n, 2n ** 64n - 1n), (exact, opaque) => {
        const reader = new Reader(new Writer(16).u64(exact).u64Opaque(opaque).copy());
        expect([reader.u64(), reader.u64Opaque()]).toEqual([exact, opaque]);
      }),
    );
  });
});
