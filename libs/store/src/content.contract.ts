import { hashFunctions } from '@weir/ppspp';
import { TestContent } from './content.testing';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import { emptyBatch } from './store';
import { type StoreBench, day, extentBytes, one, other, roomy } from './store-bench.testing';

/** What was written is there. */
export function describeContent(current: () => StoreBench): void {
  let bench: StoreBench;
  beforeEach(() => {
    bench = current();
  });

  describe('what was written', () => {
    it('is nothing at first', async () => {
      expect(bench.reader.swarms()).toEqual([]);
      expect(bench.reader.holds(one.swarmId)).toBe(false);
      await expect(bench.reader.open(one.swarmId)).resolves.toBeUndefined();
      await expect(bench.reader.read(one.swarmId, 0)).resolves.toBeUndefined();
      expect(bench.writer.usage()).toMatchObject({ storedBytes: 0, capacityBytes: roomy, swarms: 0, extents: 0 });
    });

    it('is read back: extents, record and blocks', async () => {
      const result = bench.commit({
        writes: [one.write([3, 0], [one.block(1, 0), one.block(2, 0)]), other.write([3])],
      });
      expect(result.written).toEqual([
        { swarmId: one.swarmId, index: 3 },
        { swarmId: one.swarmId, index: 0 },
        { swarmId: other.swarmId, index: 3 },
      ]);
      await expect(bench.reader.read(one.swarmId, 3)).resolves.toEqual(one.extent(3));
      await expect(bench.reader.read(other.swarmId, 3)).resolves.toEqual(other.extent(3));
      const opened = await bench.reader.open(one.swarmId);
      expect(opened?.record).toEqual(one.record);
      expect(opened?.extents).toEqual([0, 3]);
      expect(opened?.blocks).toEqual([one.block(1, 0), one.block(2, 0)]);
      expect([one, other].map(({ swarmId }) => bench.reader.holds(swarmId))).toEqual([true, true]);
      expect(bench.reader.holds('ff'.repeat(32))).toBe(false);
    });

    it.each(hashFunctions)('is kept and accounted with %s, over a restart too', async (hash) => {
      const content = new TestContent(7, { hash, chunkCount: 100 });
      bench.commit({ writes: [content.write([0, 1], [content.block(1, 0)])] });
      const storedBytes =
        extentFootprint(content.record, 0) +
        extentFootprint(content.record, 1) +
        recordFootprint +
        blockFootprint(hash);
      for (let run = 0; run < 2; run++) {
        expect(bench.writer.usage()).toMatchObject({ storedBytes, swarms: 1, extents: 2 });
        await expect(bench.reader.open(content.swarmId)).resolves.toEqual({
          record: content.record,
          extents: [0, 1],
          blocks: [content.block(1, 0)],
        });
        await expect(bench.reader.read(content.swarmId, 1)).resolves.toEqual(content.extent(1));
        await bench.reopen(roomy);
      }
      bench.commit({ erase: [{ swarmId: content.swarmId }] });
      while (bench.writer.sweep());
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it('may come in shared memory', async () => {
      const extent = one.extent(1);
      const shared = new Uint8Array(new SharedArrayBuffer(extent.bytes.length + 10)).subarray(10);
      shared.set(extent.bytes);
      bench.commit({ writes: [{ ...one.write([]), extents: [{ ...extent, bytes: shared }] }] });
      await expect(bench.reader.read(one.swarmId, 1)).resolves.toEqual(extent);
    });

    it('is summed up', () => {
      bench.commit({ writes: [one.write([0, 1], [one.block(1, 0)])] }, 5000);
      const storedBytes = 2 * extentBytes + recordFootprint + blockFootprint('sha256');
      expect(bench.reader.swarms()).toEqual([
        { record: one.record, extentsHeld: 2, storedBytes, firstUse: 5000, lastUse: 5000 },
      ]);
      expect(bench.writer.usage()).toMatchObject({ storedBytes, swarms: 1, extents: 2 });
    });

    it('is a copy that the caller may change', async () => {
      bench.commit(one.batch([0]));
      (await bench.reader.read(one.swarmId, 0))?.bytes.fill(0);
      await expect(bench.reader.read(one.swarmId, 0)).resolves.toEqual(one.extent(0));
    });

    it('is found by another reader after a restart', async () => {
      bench.commit(one.batch([0, 5], [one.block(1, 0)]));
      const before = bench.writer.usage();
      await bench.reopen(roomy);
      expect(bench.writer.usage()).toEqual(before);
      expect((await bench.store.reader().open(one.swarmId))?.extents).toEqual([0, 5]);
    });

    it('is not written twice', () => {
      bench.commit(one.batch([0]));
      const before = bench.writer.usage();
      expect(bench.commit(one.batch([0]))).toMatchObject({ written: [], refused: [], evicted: [] });
      expect(bench.writer.usage()).toEqual(before);
    });

    it('is one transaction for many batches, each answered', () => {
      const results = bench.writer.commit([one.batch([0]), other.batch([0]), { ...emptyBatch, erase: [one] }], 1);
      expect(results.map(({ written, erased }) => [written.length, erased.length])).toEqual([
        [1, 0],
        [1, 0],
        [0, 1],
      ]);
      expect(bench.reader.swarms()).toHaveLength(1);
    });

    it('is unknown under names that nothing can have', async () => {
      bench.commit(one.batch([0]));
      for (const name of ['', 'x', 'abc', one.swarmId.toUpperCase(), 'ab'.repeat(3000)]) {
        await expect(bench.reader.open(name)).resolves.toBeUndefined();
        await expect(bench.reader.read(name, 0)).resolves.toBeUndefined();
      }
      for (const index of [-1, 0.5, NaN, 2 ** 60]) {
        await expect(bench.reader.read(one.swarmId, index)).resolves.toBeUndefined();
      }
    });
  });

  describe('a record', () => {
    const known = { ...one.record, contentBytes: 655_000 };

    it('learns the size of the content, and never forgets it', async () => {
      bench.commit(one.batch([0]));
      bench.commit({ writes: [{ record: known, extents: [], blocks: [] }] });
      expect((await bench.reader.open(one.swarmId))?.record).toEqual(known);
      bench.commit(one.batch([1]));
      expect((await bench.reader.open(one.swarmId))?.record).toEqual(known);
    });

    it('without an extent is not kept', () => {
      bench.commit({ writes: [{ record: known, extents: [], blocks: [one.block(1, 0)] }] });
      expect(bench.reader.swarms()).toEqual([]);
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it('has its blocks replaced', async () => {
      bench.commit(one.batch([0], [one.block(1, 0)]));
      const { storedBytes } = bench.writer.usage();
      const renewed = { ...one.block(1, 0), hashes: one.block(1, 9).hashes };
      bench.commit({ writes: [{ ...one.write([]), blocks: [renewed] }] });
      expect((await bench.reader.open(one.swarmId))?.blocks).toEqual([renewed]);
      expect(bench.writer.usage().storedBytes).toBe(storedBytes);
    });

    it('tells its last use to within ten minutes', () => {
      bench.commit(one.batch([0]), day);
      const touched = [{ swarmId: one.swarmId, index: 0 }];
      bench.commit({ touched }, day + 599);
      expect(bench.reader.swarms()[0]).toMatchObject({ firstUse: day, lastUse: day });
      bench.commit({ touched }, day + 600);
      expect(bench.reader.swarms()[0]).toMatchObject({ firstUse: day, lastUse: day + 600 });
    });
  });
}
