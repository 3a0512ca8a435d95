import fc from 'fast-check';
import { chunkAddressings, hashBytes, hashFunctions, subtreeHashes } from '@weir/ppspp';
import { seededBytes } from './content.testing';
import { StoreError } from './errors';
import { footprint } from './footprint';
import {
  blockKeyOf,
  decodeBlock,
  decodeBlockKey,
  decodeCount,
  decodeExtent,
  decodeExtentKey,
  decodeSwarm,
  decodeSwarmNumber,
  encodeBlock,
  encodeCount,
  encodeExtent,
  encodeSwarm,
  extentKey,
  extentValueBytes,
  isWholeBlock,
  metaKeys,
  swarmKey,
  type SwarmEntry,
} from './keys';

const u32 = fc.nat(2 ** 32 - 1);
const u48 = fc.nat(2 ** 48 - 1);

const anyEntry: fc.Arbitrary<SwarmEntry> = fc.constantFrom(...hashFunctions).chain((hash) =>
  fc.record({
    number: u32,
    extentsHeld: u32,
    storedBytes: fc.maxSafeNat(),
    firstUse: u32,
    lastUse: u32,
    record: fc.record({
      metadata: fc.record({
        swarmId: fc.constant('ab01'),
        hash: fc.constant(hash),
        addressing: fc.constantFrom(...chunkAddressings),
        chunkSize: u32,
      }),
      chunkCount: fc.maxSafeNat(),
      contentBytes: fc.option(fc.maxSafeNat(), { nil: undefined }),
      peaks: fc.array(fc.uint8Array({ minLength: hashBytes[hash], maxLength: hashBytes[hash] }), { maxLength: 53 }),
    }),
  }),
);

describe('keys and values', () => {
  it('of a swarm come back as they were', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const value = encodeSwarm(entry);
        expect(decodeSwarm('ab01', value)).toEqual(entry);
        expect(decodeSwarmNumber(swarmKey('ab01'), value)).toBe(entry.number);
      }),
    );
  });

  it('of a swarm stay as they are: what is on disk now must be readable later', () => {
    const value = encodeSwarm({
      number: 7,
      record: {
        metadata: { swarmId: 'ff', hash: 'sha1', addressing: 'chunk64', chunkSize: 1024 },
        chunkCount: 65,
        contentBytes: undefined,
        peaks: [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)],
      },
      extentsHeld: 2,
      storedBytes: 143_360,
      firstUse: 16,
      lastUse: 32,
    });
    const header = '00000007 00 04 0002 00000400 00000010 00000020 00000002 0000000000000041 ffffffffffffffff';
    const rest = ` 0000000000023000 ${'01'.repeat(20)} ${'02'.repeat(20)}`;
    expect(value.toString('hex')).toBe(`${(header + rest).replaceAll(' ', '')}f42c43dc`);
  });

  it('of an extent come back as they were, and 64 chunks of 1 KiB with SHA-256 fill 17 pages', () => {
    const hashes = seededBytes(subtreeHashes * 32, 1);
    const extent = { index: 2 ** 40, bytes: seededBytes(65_536, 2), hashes };
    const value = Buffer.alloc(extentValueBytes(extent) + 100);
    const key = extentKey(7, 2 ** 40);
    expect(encodeExtent(key, extent, 'sha256', value)).toBe(69_608);
    expect(value.subarray(0, 8).toString('hex')).toBe('bbfd741102010000');
    expect(decodeExtent(key, Uint8Array.from(value.subarray(0, -100)))).toEqual(extent);
    expect(extentValueBytes(extent)).toBe(69_608);
    expect(footprint(69_608)).toBe(17 * 4096);
    expect(footprint(69_609)).toBe(18 * 4096);
  });

  it('sort as their numbers do', () => {
    fc.assert(
      fc.property(u32, u48, u32, u48, (swarm, index, otherSwarm, otherIndex) => {
        const order = Math.sign(swarm - otherSwarm || index - otherIndex);
        expect(Buffer.compare(extentKey(swarm, index), extentKey(otherSwarm, otherIndex))).toBe(order);
        expect(Buffer.compare(blockKeyOf(swarm, 1, index), blockKeyOf(otherSwarm, 1, otherIndex))).toBe(order);
        expect(decodeExtentKey(extentKey(swarm, index))).toEqual({ swarm, index });
        expect(decodeBlockKey(blockKeyOf(swarm, 8, index))).toEqual({ swarm, tier: 8, index });
      }),
    );
  });

  const extent = { index: 0, bytes: seededBytes(100, 1), hashes: seededBytes(subtreeHashes * 20, 2) };
  const stored = Buffer.alloc(extentValueBytes(extent));
  const key = extentKey(1, 0);
  encodeExtent(key, extent, 'sha1', stored);
  const swarm = encodeSwarm({
    number: 1,
    record: {
      metadata: { swarmId: 'ff', hash: 'sha256', addressing: 'chunk32', chunkSize: 1 },
      chunkCount: 1,
      contentBytes: 1,
      peaks: [new Uint8Array(32)],
    },
    ...{ extentsHeld: 1, storedBytes: 1, firstUse: 1, lastUse: 1 },
  });

  it.each([
    ['an extent cut short', () => decodeExtent(key, stored.subarray(0, -1))],
    ['an extent without a header', () => decodeExtent(key, stored.subarray(0, 7))],
    ['an extent of an unknown hash function', () => decodeExtent(key, withByte(stored, 4, 9))],
    ['an extent in the place of another', () => decodeExtent(extentKey(1, 1), stored)],
    ['a swarm cut short', () => decodeSwarm('ff', swarm.subarray(0, 47))],
    ['a swarm without its peaks', () => decodeSwarm('ff', swarm.subarray(0, 60))],
    ['a swarm of an unknown hash function', () => decodeSwarm('ff', withByte(swarm, 4, 9))],
    ['a swarm of unknown addressing', () => decodeSwarm('ff', withByte(swarm, 5, 9))],
    ['a swarm in the place of another', () => decodeSwarm('fe', swarm)],
    ['a swarm of which only the number is asked', () => decodeSwarmNumber(swarmKey('ff'), withByte(swarm, 3, 2))],
  ])('that break the format are told apart: %s', (_, decode) => {
    expect(decode).toThrow(StoreError);
  });

  it.each([
    ['a record', swarm, (value: Uint8Array) => decodeSwarm('ff', value)],
    ['an extent', stored, (value: Uint8Array) => decodeExtent(key, value)],
  ])('are not taken with any one bit flipped: %s', (_, value, decode) => {
    const taken = [];
    for (let bit = 0; bit < value.length * 8; bit++) if (isTaken(() => decode(withBit(value, bit)))) taken.push(bit);
    expect(taken).toEqual([]);
  });

  it('of a number or a hash block are told from what was written, whichever bit is flipped', () => {
    const count = encodeCount(metaKeys.nextSwarm, 7);
    const blockKey = blockKeyOf(1, 1, 0);
    const block = encodeBlock(blockKey, { tier: 1, index: 0, hashes: extent.hashes });
    expect(decodeCount(metaKeys.nextSwarm, count)).toBe(7);
    expect(decodeCount(metaKeys.format, count)).toBeUndefined();
    expect(isWholeBlock(blockKey, block)).toBe(true);
    for (let bit = 0; bit < count.length * 8; bit++)
      expect(decodeCount(metaKeys.nextSwarm, withBit(count, bit))).toBeUndefined();
    for (let bit = 0; bit < block.length * 8; bit += 7) expect(isWholeBlock(blockKey, withBit(block, bit))).toBe(false);
  });

  it('of format 1, which have no seals, are read as they are', () => {
    const unsealedSwarm = swarm.subarray(0, -4);
    expect(decodeSwarm('ff', unsealedSwarm)).toEqual(decodeSwarm('ff', swarm));
    const old = Buffer.from(stored);
    old.writeUInt32BE(extent.bytes.length, 0);
    old[5] = 0;
    expect(decodeExtent(key, old)).toEqual(extent);
    expect(decodeCount(metaKeys.format, Buffer.of(0, 0, 0, 9))).toBe(9);
    expect(decodeCount(metaKeys.format, Buffer.alloc(3))).toBeUndefined();
    expect(decodeBlock(blockKeyOf(1, 1, 0), extent.hashes).hashes).toEqual(extent.hashes);
    expect(isWholeBlock(blockKeyOf(1, 1, 0), extent.hashes)).toBe(true);
  });
});

function isTaken(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch {
    return false;
  }
}

function withBit(value: Buffer, bit: number): Buffer {
  return withByte(value, bit >> 3, (value[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
}

function withByte(value: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(value);
  changed[at] = byte;
  return changed;
}
