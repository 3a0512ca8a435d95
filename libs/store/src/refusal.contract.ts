import { TestContent } from './content.testing';
import { StoreError } from './errors';
import { capacityBytesMin } from './limits';
import { type StoreBench, one, other, roomy } from './store-bench.testing';

/** What is not taken, and why. */
export function describeRefusal(current: () => StoreBench): void {
  let bench: StoreBench;
  beforeEach(() => {
    bench = current();
  });

  describe('refusing', () => {
    it('an extent that the whole store could not hold', async () => {
      await bench.reopen(capacityBytesMin);
      const huge = new TestContent(5, { chunkSize: capacityBytesMin / 64 });
      expect(bench.commit(huge.batch([0])).refused).toEqual([{ swarmId: huge.swarmId, index: 0, reason: 'too-large' }]);
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it.each([
      ['another chunk size', { chunkSize: 2048 }],
      ['another chunk count', { chunkCount: 100 }],
    ])('a swarm held with %s', (_, differing) => {
      const twin = new TestContent(1, differing);
      bench.commit(one.batch([0]));
      expect(bench.commit(twin.batch([1])).refused).toEqual([{ swarmId: one.swarmId, index: 1, reason: 'conflict' }]);
      expect(bench.reader.swarms()).toMatchObject([{ extentsHeld: 1, record: one.record }]);
    });

    const extent = one.extent(0);
    const { metadata } = one.record;
    const short = { ...extent, bytes: extent.bytes.subarray(1) };
    const tail = other.extent(3);
    it.each([
      ['an extent that is short', { ...one.write([]), extents: [short] }],
      ['an extent beyond the content', { ...one.write([]), extents: [{ ...extent, index: 10 }] }],
      ['an extent with a broken number', { ...one.write([]), extents: [{ ...extent, index: 0.5 }] }],
      ['an extent with too few hashes', { ...one.write([]), extents: [{ ...extent, hashes: new Uint8Array(1) }] }],
      ['an empty last chunk', { ...other.write([]), extents: [{ ...tail, bytes: tail.bytes.subarray(0, 7 * 1024) }] }],
      [
        'a swarm ID that is none',
        { ...one.write([0]), record: { ...one.record, metadata: { ...metadata, swarmId: 'no' } } },
      ],
      [
        'a chunk size of zero',
        { ...one.write([0]), record: { ...one.record, metadata: { ...metadata, chunkSize: 0 } } },
      ],
      ['a peak of the wrong length', { ...one.write([0]), record: { ...one.record, peaks: [new Uint8Array(3)] } }],
      ['a block of tier 0', { ...one.write([0]), blocks: [one.block(0, 0)] }],
    ])('%s', (_, write) => {
      const result = bench.commit({ writes: [write] });
      expect(result.refused).toMatchObject([{ reason: 'malformed' }]);
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it('nothing of a last chunk that is short', async () => {
      const last = { ...tail, bytes: tail.bytes.subarray(0, 7 * 1024 + 1) };
      expect(bench.commit({ writes: [{ ...other.write([]), extents: [last] }] }).written).toHaveLength(1);
      await expect(bench.reader.read(other.swarmId, 3)).resolves.toEqual(last);
    });

    it('everything when the disk is all but full, and says so', async () => {
      await bench.reopen(roomy, () => ({ freeBytes: 2e9, totalBytes: 100e9 }));
      expect(bench.commit(one.batch([0, 1])).refused.map(({ reason }) => reason)).toEqual(['full', 'full']);
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it('to grow when little of the disk is free: what is new replaces what is old, and no more than it must', async () => {
      bench.commit(one.batch([0, 1, 2, 3, 4]));
      const before = bench.writer.usage();
      await bench.reopen(roomy, () => ({ freeBytes: 4e9, totalBytes: 100e9 }));
      expect(bench.commit(one.batch([8]))).toMatchObject({
        written: [{ index: 8 }],
        evicted: [0, 1, 2, 3].map((index) => ({ index })),
      });
      expect(bench.commit(one.batch([9])).evicted).toEqual([]);
      expect(bench.commit(other.batch([0])).evicted).toEqual([]);
      expect(bench.writer.usage().storedBytes).toBeLessThanOrEqual(before.storedBytes);
    });

    it('a capacity that no store can work with', () => {
      expect(codeThrownBy(() => bench.store.writer({ capacityBytes: capacityBytesMin - 1 }))).toBe('STORE_CAPACITY');
      expect(codeThrownBy(() => bench.store.writer({ capacityBytes: NaN }))).toBe('STORE_CAPACITY');
    });

    it('to write once closed', async () => {
      await bench.writer.close();
      expect(codeThrownBy(() => bench.commit(one.batch([0])))).toBe('STORE_CLOSED');
    });
  });
}

function codeThrownBy(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof StoreError ? error.code : 'untyped';
  }
}
