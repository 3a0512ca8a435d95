import { blocksOfTiers, extentBytesMax, extentCount } from './geometry';

it.each([
  [1, 1, []],
  [32, 1, []],
  [33, 1, [1]],
  [64, 1, [1]],
  [65, 2, [1]],
  [64 * 64, 64, [1, 1]],
  [64 * 64 + 1, 65, [2, 1]],
  [64 ** 3 + 1, 4097, [65, 2, 1]],
])('lays %d chunks out in %d extents and %j blocks', (chunkCount, extents, blocks) => {
  expect(extentCount(chunkCount)).toBe(extents);
  expect(blocksOfTiers(chunkCount)).toEqual(blocks);
});

it('lets the last extent be shorter', () => {
  const metadata = { swarmId: '00', hash: 'sha1', addressing: 'chunk32', chunkSize: 10 } as const;
  const record = { metadata, chunkCount: 65, peaks: [], contentBytes: undefined };
  expect(extentBytesMax(record, 0)).toBe(640);
  expect(extentBytesMax(record, 1)).toBe(10);
});
