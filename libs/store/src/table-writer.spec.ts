import { TestContent } from './content.testing';
import { blockFootprint, extentFootprint } from './footprint';
import { diskReserve } from './limits';
import { MemoryStore } from './memory-store';
import { emptyBatch } from './store';

const content = new TestContent(1);
const other = new TestContent(2);
const { record, swarmId } = content;
const extentBytes = extentFootprint(record, 0);
const totalBytes = 2 ** 30;

/** A disk on which one transaction may write so much. */
function diskFor(bytes: number) {
  return () => ({ freeBytes: bytes + (totalBytes * diskReserve) / 2, totalBytes });
}

describe('a disk with little room', () => {
  it.each([
    ['two extents', 2 * extentBytes, [0]],
    ['two extents and the hashes above them', 2 * extentBytes + blockFootprint(record.metadata.hash), [0, 1]],
    ['an extent', extentBytes, []],
  ])('has as many extents as it has the proof of: %s', async (_, bytes, expected) => {
    const store = new MemoryStore();
    // A file that does not grow turns over what it has.
    let disk = diskFor(totalBytes);
    const writer = store.writer({ capacityBytes: 2 ** 26, disk: () => disk() });
    writer.commit([other.batch([0, 1, 2, 3, 4, 5, 6, 7])], 1);
    disk = diskFor(bytes);
    const write = content.write([0, 1, 2], [content.block(1, 0)]);
    const [result] = writer.commit([{ ...emptyBatch, writes: [write] }], 2);
    expect(result?.written.map(({ index }) => index)).toEqual(expected);
    expect(result?.refused.every(({ reason }) => reason === 'full')).toBe(true);
    const opened = await store.reader().open(swarmId);
    expect(opened?.extents ?? []).toEqual(expected);
    expect(opened?.blocks ?? []).toHaveLength(expected.length > 0 ? 1 : 0);
  });
});
