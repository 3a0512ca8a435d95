import type { DiskSpace } from './disk';
import { TestContent } from './content.testing';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import { capacityBytesMin } from './limits';
import { type Batch, type CommitResult, type StoreReader, type StoreWriter, emptyBatch } from './store';

/** One kind of store. What a writer wrote is there for the next, and for every reader. */
export interface StoreUnderTest {
  writer(options: { capacityBytes: number; disk?: () => DiskSpace }): StoreWriter;
  reader(): StoreReader;
  destroy(): Promise<void>;
}

const extentBytes = 17 * 4096;
const roomy = 64 * 1024 * 1024;
const day = 86_400;

/** What every store promises. */
export function describeStore(make: () => StoreUnderTest): void {
  let store: StoreUnderTest;
  let writer: StoreWriter;
  let reader: StoreReader;

  beforeEach(() => {
    store = make();
    writer = store.writer({ capacityBytes: roomy });
    reader = store.reader();
  });

  afterEach(async () => {
    await reader.close();
    await writer.close();
    await store.destroy();
  });

  async function reopen(capacityBytes: number, disk?: () => DiskSpace): Promise<void> {
    await writer.close();
    writer = store.writer({ capacityBytes, ...(disk && { disk }) });
  }

  function commit(batch: Partial<Batch>, now = 1000): CommitResult {
    const [result] = writer.commit([{ ...emptyBatch, ...batch }], now);
    if (result === undefined) throw new TypeError('each batch has a result');
    return result;
  }

  const one = new TestContent(1);
  const other = new TestContent(2, { hash: 'sha1', chunkCount: 200 });

  describe('what was written', () => {
    it('is nothing at first', async () => {
      expect(reader.swarms()).toEqual([]);
      await expect(reader.open(one.swarmId)).resolves.toBeUndefined();
      await expect(reader.read(one.swarmId, 0)).resolves.toBeUndefined();
      expect(writer.usage()).toEqual({ storedBytes: 0, capacityBytes: roomy, swarms: 0, extents: 0 });
    });

    it('is read back: extents, record and blocks', async () => {
      const result = commit({ writes: [one.write([3, 0], [one.block(1, 0), one.block(2, 0)]), other.write([3])] });
      expect(result.written).toEqual([
        { swarmId: one.swarmId, index: 3 },
        { swarmId: one.swarmId, index: 0 },
        { swarmId: other.swarmId, index: 3 },
      ]);
      await expect(reader.read(one.swarmId, 3)).resolves.toEqual(one.extent(3));
      await expect(reader.read(other.swarmId, 3)).resolves.toEqual(other.extent(3));
      const opened = await reader.open(one.swarmId);
      expect(opened?.record).toEqual(one.record);
      expect(opened?.extents).toEqual([0, 3]);
      expect(opened?.blocks).toEqual([one.block(1, 0), one.block(2, 0)]);
    });

    it('may come in shared memory', async () => {
      const extent = one.extent(1);
      const shared = new Uint8Array(new SharedArrayBuffer(extent.bytes.length + 10)).subarray(10);
      shared.set(extent.bytes);
      commit({ writes: [{ ...one.write([]), extents: [{ ...extent, bytes: shared }] }] });
      await expect(reader.read(one.swarmId, 1)).resolves.toEqual(extent);
    });

    it('is summed up', () => {
      commit({ writes: [one.write([0, 1], [one.block(1, 0)])] }, 5000);
      const storedBytes = 2 * extentBytes + recordFootprint + blockFootprint;
      expect(reader.swarms()).toEqual([
        { record: one.record, extentsHeld: 2, storedBytes, firstUse: 5000, lastUse: 5000 },
      ]);
      expect(writer.usage()).toMatchObject({ storedBytes, swarms: 1, extents: 2 });
    });

    it('is a copy that the caller may change', async () => {
      commit(one.batch([0]));
      (await reader.read(one.swarmId, 0))?.bytes.fill(0);
      await expect(reader.read(one.swarmId, 0)).resolves.toEqual(one.extent(0));
    });

    it('is found by another reader after a restart', async () => {
      commit(one.batch([0, 5], [one.block(1, 0)]));
      const before = writer.usage();
      await reopen(roomy);
      expect(writer.usage()).toEqual(before);
      expect((await store.reader().open(one.swarmId))?.extents).toEqual([0, 5]);
    });

    it('is not written twice', () => {
      commit(one.batch([0]));
      const before = writer.usage();
      expect(commit(one.batch([0]))).toMatchObject({ written: [], refused: [], evicted: [] });
      expect(writer.usage()).toEqual(before);
    });

    it('is one transaction for many batches, each answered', () => {
      const results = writer.commit([one.batch([0]), other.batch([0]), { ...emptyBatch, erase: [one] }], 1);
      expect(results.map(({ written, erased }) => [written.length, erased.length])).toEqual([
        [1, 0],
        [1, 0],
        [0, 1],
      ]);
      expect(reader.swarms()).toHaveLength(1);
    });

    it('is unknown under names that nothing can have', async () => {
      commit(one.batch([0]));
      for (const name of ['', 'x', 'abc', one.swarmId.toUpperCase(), 'ab'.repeat(3000)]) {
        await expect(reader.open(name)).resolves.toBeUndefined();
        await expect(reader.read(name, 0)).resolves.toBeUndefined();
      }
      for (const index of [-1, 0.5, NaN, 2 ** 60]) {
        await expect(reader.read(one.swarmId, index)).resolves.toBeUndefined();
      }
    });
  });

  describe('a record', () => {
    const known = { ...one.record, contentBytes: 655_000 };

    it('learns the size of the content, and never forgets it', async () => {
      commit(one.batch([0]));
      commit({ writes: [{ record: known, extents: [], blocks: [] }] });
      expect((await reader.open(one.swarmId))?.record).toEqual(known);
      commit(one.batch([1]));
      expect((await reader.open(one.swarmId))?.record).toEqual(known);
    });

    it('without an extent is not kept', () => {
      commit({ writes: [{ record: known, extents: [], blocks: [one.block(1, 0)] }] });
      expect(reader.swarms()).toEqual([]);
      expect(writer.usage().storedBytes).toBe(0);
    });

    it('has its blocks replaced', async () => {
      commit(one.batch([0], [one.block(1, 0)]));
      const { storedBytes } = writer.usage();
      const renewed = { ...one.block(1, 0), hashes: one.block(1, 9).hashes };
      commit({ writes: [{ ...one.write([]), blocks: [renewed] }] });
      expect((await reader.open(one.swarmId))?.blocks).toEqual([renewed]);
      expect(writer.usage().storedBytes).toBe(storedBytes);
    });

    it('tells its last use to within ten minutes', () => {
      commit(one.batch([0]), day);
      const touched = [{ swarmId: one.swarmId, index: 0 }];
      commit({ touched }, day + 599);
      expect(reader.swarms()[0]).toMatchObject({ firstUse: day, lastUse: day });
      commit({ touched }, day + 600);
      expect(reader.swarms()[0]).toMatchObject({ firstUse: day, lastUse: day + 600 });
    });
  });

  describe('a full store', () => {
    /** Room for sixteen extents of one swarm, its record, and the record that an insertion reserves. */
    const capacityBytes = 16 * extentBytes + 2 * recordFootprint;
    const sixteen = new TestContent(3, { chunkCount: 64 * 40 });
    const indexes = Array.from({ length: 16 }, (_, index) => index);

    beforeEach(async () => {
      await reopen(capacityBytes);
      commit(sixteen.batch(indexes));
    });

    it('evicts what was used least recently, before it inserts', async () => {
      const swarmId = sixteen.swarmId;
      commit({ touched: [{ swarmId, index: 0 }] });
      const result = commit(sixteen.batch([16, 17]));
      expect(result.evicted).toEqual([
        { swarmId, index: 1 },
        { swarmId, index: 2 },
      ]);
      expect(result.storedBytes).toBeLessThanOrEqual(capacityBytes);
      await expect(reader.read(swarmId, 1)).resolves.toBeUndefined();
      await expect(reader.read(swarmId, 0)).resolves.toBeDefined();
    });

    it('takes a write of what is held as a use', () => {
      commit(sixteen.batch([0]));
      expect(commit(sixteen.batch([16])).evicted).toEqual([{ swarmId: sixteen.swarmId, index: 1 }]);
    });

    it('loses the record and the blocks with the last extent', async () => {
      await reopen(roomy);
      commit(one.batch([0], [one.block(1, 0)]), 1);
      await reopen(writer.usage().storedBytes);
      commit({ touched: indexes.map((index) => ({ swarmId: sixteen.swarmId, index })) });
      const result = commit(sixteen.batch([16]));
      expect(result.evicted).toContainEqual({ swarmId: one.swarmId, index: 0 });
      expect(reader.swarms().map(({ record }) => record.metadata.swarmId)).toEqual([sixteen.swarmId]);
      await expect(reader.open(one.swarmId)).resolves.toBeUndefined();
      while (writer.sweep());
      expect(writer.usage().storedBytes).toBe(writer.usage().extents * extentBytes + recordFootprint);
    });

    it('evicts within a commit that is larger than itself', () => {
      const result = commit(sixteen.batch(Array.from({ length: 24 }, (_, at) => 16 + at)));
      expect(result.written).toHaveLength(24);
      expect(result.evicted).toHaveLength(24);
      expect(result.storedBytes).toBeLessThanOrEqual(capacityBytes);
    });

    it('forgets the order within a swarm over a restart, but not which swarm was used last', async () => {
      await reopen(roomy);
      commit(one.batch([0]), day);
      commit({ touched: [{ swarmId: sixteen.swarmId, index: 4 }] }, 2 * day);
      await reopen(17 * extentBytes + 3 * recordFootprint);
      expect(commit(other.batch([0]), 2 * day).evicted).toEqual([{ swarmId: one.swarmId, index: 0 }]);
    });

    it('shrinks to a capacity that was lowered', async () => {
      await reopen(capacityBytesMin);
      expect(writer.usage().storedBytes).toBeLessThanOrEqual(capacityBytesMin);
      expect(reader.swarms()).toMatchObject([{ extentsHeld: writer.usage().extents }]);
    });

    it('makes room for blocks too', () => {
      const blocks = Array.from({ length: 16 }, (_, index) => sixteen.block(1, index));
      const result = commit({ writes: [{ ...sixteen.write([]), blocks }] });
      expect(result.evicted).toEqual([{ swarmId: sixteen.swarmId, index: 0 }]);
      expect(result.storedBytes).toBeLessThanOrEqual(capacityBytes);
    });
  });

  describe('erasing', () => {
    it('removes an extent', async () => {
      commit(one.batch([0, 1]));
      const erasure = { swarmId: one.swarmId, index: 0 };
      expect(commit({ erase: [erasure, { ...erasure, index: 7 }, { swarmId: other.swarmId }] }).erased).toEqual([
        erasure,
      ]);
      expect((await reader.open(one.swarmId))?.extents).toEqual([1]);
      expect(writer.usage()).toMatchObject({ extents: 1, storedBytes: extentBytes + recordFootprint });
    });

    it('removes the swarm with its last extent', () => {
      commit(one.batch([0]));
      commit({ erase: [{ swarmId: one.swarmId, index: 0 }] });
      expect(reader.swarms()).toEqual([]);
      expect(writer.usage()).toMatchObject({ swarms: 0, extents: 0, storedBytes: 0 });
    });

    it('removes a swarm at once for readers, and its bytes in several sweeps', async () => {
      const many = new TestContent(4, { chunkSize: 8, chunkCount: 64 * 600 });
      commit(
        many.batch(
          Array.from({ length: 600 }, (_, index) => index),
          [many.block(1, 0)],
        ),
      );
      expect(commit({ erase: [{ swarmId: many.swarmId }] }).erased).toEqual([{ swarmId: many.swarmId }]);
      await expect(reader.open(many.swarmId)).resolves.toBeUndefined();
      await expect(reader.read(many.swarmId, 0)).resolves.toBeUndefined();
      expect(writer.usage()).toMatchObject({ swarms: 0, extents: 0 });
      expect(writer.usage().storedBytes).toBeGreaterThan(0);
      let sweeps = 1;
      while (writer.sweep()) sweeps++;
      expect(sweeps).toBeGreaterThan(2);
      expect(writer.usage().storedBytes).toBe(0);
    });

    it('never shows old extents to the same content fetched again', async () => {
      commit(one.batch([0, 1, 2], [one.block(1, 0)]));
      commit({ erase: [{ swarmId: one.swarmId }], writes: [one.write([5])] });
      expect(await reader.open(one.swarmId)).toMatchObject({ extents: [5], blocks: [] });
      await expect(reader.read(one.swarmId, 0)).resolves.toBeUndefined();
      await reopen(roomy);
      expect(await reader.open(one.swarmId)).toMatchObject({ extents: [5], blocks: [] });
      expect(writer.usage().storedBytes).toBe(extentBytes + recordFootprint);
    });
  });

  describe('refusing', () => {
    it('an extent that the whole store could not hold', () => {
      const huge = new TestContent(5, { chunkSize: roomy / 64 });
      expect(commit(huge.batch([0])).refused).toEqual([{ swarmId: huge.swarmId, index: 0, reason: 'too-large' }]);
      expect(writer.usage().storedBytes).toBe(0);
    });

    it.each([
      ['another chunk size', { chunkSize: 2048 }],
      ['another chunk count', { chunkCount: 100 }],
    ])('a swarm held with %s', (_, differing) => {
      const twin = new TestContent(1, differing);
      commit(one.batch([0]));
      expect(commit(twin.batch([1])).refused).toEqual([{ swarmId: one.swarmId, index: 1, reason: 'conflict' }]);
      expect(reader.swarms()).toMatchObject([{ extentsHeld: 1, record: one.record }]);
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
      const result = commit({ writes: [write] });
      expect(result.refused).toMatchObject([{ reason: 'malformed' }]);
      expect(writer.usage().storedBytes).toBe(0);
    });

    it('nothing of a last chunk that is short', async () => {
      const last = { ...tail, bytes: tail.bytes.subarray(0, 7 * 1024 + 1) };
      expect(commit({ writes: [{ ...other.write([]), extents: [last] }] }).written).toHaveLength(1);
      await expect(reader.read(other.swarmId, 3)).resolves.toEqual(last);
    });

    it('everything when the disk is all but full, and says so', async () => {
      await reopen(roomy, () => ({ freeBytes: 2e9, totalBytes: 100e9 }));
      expect(commit(one.batch([0, 1])).refused.map(({ reason }) => reason)).toEqual(['full', 'full']);
      expect(writer.usage().storedBytes).toBe(0);
    });

    it('to grow when little of the disk is free: what is new replaces what is old', async () => {
      commit(one.batch([0, 1, 2]));
      const before = writer.usage();
      await reopen(roomy, () => ({ freeBytes: 4e9, totalBytes: 100e9 }));
      const result = commit(one.batch([3]));
      expect(result.written).toHaveLength(1);
      expect(result.evicted.length).toBeGreaterThan(0);
      expect(writer.usage().storedBytes).toBeLessThanOrEqual(before.storedBytes);
    });

    it('a capacity that no store can work with', () => {
      expect(() => store.writer({ capacityBytes: capacityBytesMin - 1 })).toThrow(
        expect.objectContaining({ code: 'STORE_CAPACITY' }),
      );
      expect(() => store.writer({ capacityBytes: NaN })).toThrow(expect.objectContaining({ code: 'STORE_CAPACITY' }));
    });

    it('to write once closed', async () => {
      await writer.close();
      expect(() => commit(one.batch([0]))).toThrow(expect.objectContaining({ code: 'STORE_CLOSED' }));
    });
  });

  it('accounts an extent in whole pages', () => {
    expect(extentFootprint(one.record, 0)).toBe(extentBytes);
  });
}
