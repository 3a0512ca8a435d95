import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { guardAddon } from '../guard-addon';
import { seal, sealOf, unsealed } from './seal';

/** Around the strides in which the addon works, and somewhere in memory. */
const anyBytes = fc
  .tuple(fc.uint8Array({ maxLength: 1100 }), fc.nat(70))
  .map(([bytes, from]) => bytes.subarray(Math.min(from, bytes.length)));

describe('a seal', () => {
  it('is CRC-32 over key and parts, whoever computes it', () => {
    fc.assert(
      fc.property(anyBytes, fc.array(anyBytes, { maxLength: 3 }), (key, parts) => {
        expect(sealOf(key, ...parts)).toBe(crc32(Buffer.concat([key, ...parts])));
      }),
      { numRuns: 500 },
    );
  });

  it('is found behind its value, and by no other key', () => {
    const key = Buffer.from('key');
    const value = Buffer.from('value');
    expect(unsealed(key, seal(key, value))).toEqual(value);
    expect(unsealed(Buffer.from('kex'), seal(key, value))).toBeUndefined();
  });
});

const fast = guardAddon()?.crc32;

(fast === undefined ? describe.skip : describe)('the addon’s CRC-32', () => {
  it('goes on from any sum, at any length', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(2 ** 32 - 1), (bytes, sum) => {
        // The platform's begins anew with nothing.
        expect(fast?.(bytes, sum)).toBe(bytes.length > 0 ? crc32(bytes, sum) : sum);
      }),
      { numRuns: 500 },
    );
  });
});
