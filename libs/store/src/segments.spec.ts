import { segmentExtents } from './segments';

it.each([
  [1, 32],
  [128, 32],
  [129, 16],
  [1000, 4],
  [1024, 4],
  [1025, 2],
  [4096, 1],
  [8192, 1],
  [2 ** 32 - 1, 1],
])('a segment of chunks of %i bytes has %i extents', (chunkSize, extents) => {
  expect(segmentExtents(chunkSize)).toBe(extents);
});
