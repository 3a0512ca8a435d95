import { formatBytes, formatRate } from './format';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [15_000, '14.6 KiB'],
  [2 ** 50, '1024.0 TiB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('writes a rate even for no time at all', () => {
  expect(formatRate(2048, 2)).toBe('1.00 KiB/s');
  expect(formatRate(10, 0)).toBe('9.77 KiB/s');
});
