import fc from 'fast-check';
import { delaySample, signedMicros } from './delay';

it.each<[string, bigint, bigint, number]>([
  ['clocks that agree', 1_000n, 1_400n, 400],
  ['a receiver whose clock is behind', 1_400n, 1_000n, -400],
  ['a timestamp just before the wrap', 2n ** 64n - 1n, 399n, 400],
  ['clocks further apart than a number holds', 0n, 2n ** 62n, Number.MAX_SAFE_INTEGER],
  ['clocks further apart the other way', 2n ** 62n, 0n, -Number.MAX_SAFE_INTEGER],
])('gives the signed difference for %s', (_, timestamp, wireNow, expected) => {
  expect(signedMicros(delaySample(timestamp, wireNow))).toBe(expected);
});

it('stays within the 64 bits of the wire', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (timestamp, wireNow) => {
      const sample = delaySample(timestamp, wireNow);
      expect(sample >= 0n && sample < 2n ** 64n).toBe(true);
      expect(BigInt.asUintN(64, timestamp + sample)).toBe(wireNow);
    }),
  );
});
