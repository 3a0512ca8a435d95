import fc from 'fast-check';
import { parseBytes } from './bytes';

it.each([
  ['0', 0],
  ['1048576', 1_048_576],
  ['512 B', 512],
  ['500MB', 500_000_000],
  ['10GiB', 10_737_418_240],
  ['1.5 TiB', 1_649_267_441_664],
  ['64kB', 64_000],
  ['64KB', 64_000],
  ['64KiB', 65_536],
  [' 2PiB ', 2_251_799_813_685_248],
])('reads %s', (text, value) => {
  expect(parseBytes(text)).toEqual({ value });
});

it.each(['', 'GiB', '-1', '+1', '1e9', '0x10', '1.5', '0.3 kiB', '10Gb', '10gib', '10 G iB', '1,000', '8PiB', 'NaN'])(
  'refuses %j',
  (text) => {
    expect(parseBytes(text)).toHaveProperty('remedy');
  },
);

it('refuses what is no whole number of bytes', () => {
  expect(parseBytes('0.1B')).toHaveProperty('remedy');
  expect(parseBytes('1.0001KiB')).toHaveProperty('remedy');
});

it('reads any amount that a number holds', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(parseBytes(String(bytes))).toEqual({ value: bytes });
    }),
  );
});
