import type { Extent } from '@weir/ppspp';
import { TestContent } from './content.testing';
import type { DiskSpace } from './disk';
import { recordFootprint } from './footprint';
import { type StoreBench, extentBytes, one, roomy } from './store-bench.testing';

const ample: DiskSpace = { freeBytes: 1e12, totalBytes: 1e12 };
const exhausted: DiskSpace = { freeBytes: 0, totalBytes: 1e12 };

/** What a full store keeps in memory until it proves that it is wanted. */
export function describeProbation(current: () => StoreBench): void {
  let bench: StoreBench;
  let disk: DiskSpace;
  const content = new TestContent(3, { chunkCount: 64 * 400 });
  /** Room for 64 extents of one swarm and its record, 16 of them in memory. */
  const capacityBytes = 64 * extentBytes + recordFootprint;
  const probationBytes = 16 * extentBytes;

  /** Extents of a segment. */
  function segment(number: number): number[] {
    return [0, 1, 2, 3].map((at) => number * 4 + at);
  }

  function write(number: number) {
    return bench.commit(content.batch(segment(number)));
  }

  function wanted(number: number) {
    return [1, 2, 3].map((by) => ({ swarmId: content.swarmId, index: number * 4, by }));
  }

  /** What is on disk, whatever is in memory. */
  async function onDisk(): Promise<readonly number[]> {
    return (await bench.disk.open(content.swarmId))?.extents ?? [];
  }

  async function expectHeld(indexes: readonly number[]): Promise<void> {
    expect((await bench.reader.open(content.swarmId))?.extents).toEqual(indexes);
    const read = await Promise.all(indexes.map((index) => bench.reader.read(content.swarmId, index)));
    const differing = read.filter((extent, at) => !isSame(extent, content.extent(indexes[at] ?? 0)));
    expect(differing).toEqual([]);
  }

  describe('probation', () => {
    beforeEach(async () => {
      bench = current();
      disk = ample;
      await bench.reopen(capacityBytes, () => disk, probationBytes);
    });

    it('is on disk while a tenth of the capacity is free', async () => {
      for (let number = 0; number < 14; number++) write(number);
      expect(bench.writer.usage()).toMatchObject({ extents: 56, memoryExtents: 0, memoryBytes: 0 });
      expect(await onDisk()).toHaveLength(56);
    });

    it('is in memory in a full store: read as anything else, within the capacity, and not written', async () => {
      for (let number = 0; number < 30; number++) {
        expect(write(number).written).toHaveLength(4);
        const { storedBytes, memoryBytes } = bench.writer.usage();
        expect(storedBytes + memoryBytes).toBeLessThanOrEqual(capacityBytes);
      }
      const { extents, memoryExtents, memoryBytes } = bench.writer.usage();
      expect(memoryExtents).toBeGreaterThan(0);
      expect(memoryBytes).toBe(memoryExtents * extentBytes);
      const disk = await onDisk();
      expect(disk).toHaveLength(extents - memoryExtents);
      const held = (await bench.reader.open(content.swarmId))?.extents ?? [];
      expect(held).toHaveLength(extents);
      await expectHeld(held);
      expect(bench.reader.swarms()).toMatchObject([{ extentsHeld: extents }]);
      // What is in memory alone is not what the record on disk tells of.
      expect(bench.disk.swarms()).toMatchObject([{ extentsHeld: disk.length }]);
    });

    it('ends on disk with what was asked for again', async () => {
      for (let number = 0; number < 40; number++) {
        write(number);
        bench.commit({ touched: wanted(number) });
      }
      expect(bench.writer.usage().totals.persistedExtents).toBeGreaterThan(0);
      await expectHeld((await bench.reader.open(content.swarmId))?.extents ?? []);
    });

    it('ends on disk when the swarm is pinned', async () => {
      for (let number = 0; number < 16; number++) write(number);
      const { memoryExtents } = bench.writer.usage();
      bench.commit({ rules: [{ kind: 'swarm', swarmId: content.swarmId, rule: { pinned: true } }] });
      expect(bench.writer.usage()).toMatchObject({ memoryExtents: 0, totals: { persistedExtents: memoryExtents } });
      expect(bench.writer.slab().held).toEqual([]);
      const all = Array.from({ length: 64 }, (_, index) => index);
      expect(await onDisk()).toEqual(all);
      await expectHeld(all);
    });

    it('leaves with what is erased, extent by extent and swarm by swarm', async () => {
      for (let number = 0; number < 16; number++) write(number);
      const { memoryExtents } = bench.writer.usage();
      expect(memoryExtents).toBeGreaterThan(0);
      bench.commit({ erase: [{ swarmId: content.swarmId, index: 60 }] });
      expect(bench.writer.usage()).toMatchObject({ memoryExtents: memoryExtents - 1 });
      await expect(bench.reader.read(content.swarmId, 60)).resolves.toBeUndefined();
      bench.commit({ erase: [{ swarmId: content.swarmId }] });
      expect(bench.writer.usage()).toMatchObject({ extents: 0, memoryExtents: 0, memoryBytes: 0 });
      await expect(bench.reader.read(content.swarmId, 61)).resolves.toBeUndefined();
      expect(bench.writer.slab().held).toEqual([]);
    });

    it('is written when the store is closed', async () => {
      for (let number = 0; number < 16; number++) write(number);
      const { extents, memoryExtents } = bench.writer.usage();
      expect(memoryExtents).toBeGreaterThan(0);
      await bench.reopen(capacityBytes, () => disk, probationBytes);
      expect(bench.writer.usage()).toMatchObject({ extents, memoryExtents: 0 });
      await expectHeld(Array.from({ length: 64 }, (_, index) => index));
    });

    it('is lost, and nothing else, where it could not be written', async () => {
      for (let number = 0; number < 16; number++) write(number);
      const { memoryExtents, extents } = bench.writer.usage();
      expect(memoryExtents).toBeGreaterThan(0);
      const survivors = await onDisk();
      disk = exhausted;
      await bench.reopen(roomy, () => ample);
      expect(bench.writer.usage()).toMatchObject({ extents: extents - memoryExtents, memoryExtents: 0 });
      await expectHeld(survivors);
    });

    it('takes a swarm with it of which nothing else was held, and no byte of it is left', async () => {
      const filler = new TestContent(8, { chunkCount: 64 * 400 });
      bench.commit(filler.batch(Array.from({ length: 60 }, (_, index) => index)));
      bench.commit(one.batch([0], [one.block(1, 0)]));
      expect(bench.writer.usage()).toMatchObject({ memoryExtents: 1 });
      expect(bench.reader.holds(one.swarmId)).toBe(true);
      disk = exhausted;
      await bench.reopen(roomy, () => ample);
      while (bench.writer.sweep());
      await expect(bench.reader.open(one.swarmId)).resolves.toBeUndefined();
      expect(bench.writer.usage()).toMatchObject({ storedBytes: 60 * extentBytes + recordFootprint, swarms: 1 });
    });

    it('is told with every change, so that who follows the news knows what is there', () => {
      for (let number = 0; number < 40; number++) {
        write(number);
        if (number % 3 === 0) bench.commit({ touched: wanted(number) });
        if (number % 7 === 6) bench.commit({ erase: [{ swarmId: content.swarmId, index: number * 4 - 1 }] });
        const told = bench.view.indexes(content.swarmId).sort((a, b) => a - b);
        const held = bench.writer.slab().held.map(({ index }) => index);
        expect(told).toEqual(held.sort((a, b) => a - b));
      }
    });
  });
}

/** Comparing the bytes one by one would take the test's time. */
function isSame(one: Extent | undefined, other: Extent): boolean {
  return (
    one !== undefined && Buffer.compare(one.bytes, other.bytes) === 0 && Buffer.compare(one.hashes, other.hashes) === 0
  );
}
