import { TestContent } from './content.testing';
import { recordFootprint } from './footprint';
import { capacityBytesMin } from './limits';
import type { RuleChange } from './rules/rule';
import { emptyBatch } from './store';
import { type StoreBench, extentBytes, one, other, roomy } from './store-bench.testing';

/** What leaves, when, and by whose wish. */
export function describeRoom(current: () => StoreBench): void {
  let bench: StoreBench;
  beforeEach(() => {
    bench = current();
  });

  describe('a full store', () => {
    /** Room for sixteen extents of one swarm and its record. */
    const capacityBytes = 16 * extentBytes + recordFootprint;
    const sixteen = new TestContent(3, { chunkCount: 64 * 40 });
    const indexes = Array.from({ length: 16 }, (_, index) => index);

    beforeEach(async () => {
      await bench.reopen(capacityBytes);
      bench.commit(sixteen.batch(indexes));
    });

    /** Extents of a segment. */
    function segment(number: number): number[] {
      return [0, 1, 2, 3].map((at) => number * 4 + at);
    }

    /** Somebody asked for a segment, and somebody else too. */
    function wanted(content: TestContent, number: number) {
      return [1, 2, 3].map((by) => ({ swarmId: content.swarmId, index: number * 4, by }));
    }

    function refs(content: TestContent, indexes: readonly number[]) {
      return indexes.map((index) => ({ swarmId: content.swarmId, index }));
    }

    it('evicts whole segments that nobody asked for, before it inserts, and keeps what is wanted', async () => {
      const [wantedOne, unwanted, newcomer] = [4, 5, 6].map((seed) => new TestContent(seed, { chunkCount: 64 * 40 }));
      if (wantedOne === undefined || unwanted === undefined || newcomer === undefined) throw new TypeError('three');
      const bytes = 64 * extentBytes + 3 * recordFootprint;
      bench.commit({ erase: [{ swarmId: sixteen.swarmId }] });
      await bench.reopen(bytes);
      const eight = Array.from({ length: 32 }, (_, index) => index);
      bench.commit({ writes: [unwanted.write(eight), wantedOne.write(eight)] });
      for (let number = 0; number < 8; number++) bench.commit({ touched: wanted(wantedOne, number) });
      const { evicted, storedBytes } = bench.commit(newcomer.batch([0, 1, 4, 5]));
      expect(storedBytes).toBeLessThanOrEqual(bytes);
      expect(evicted).toHaveLength(4);
      expect(new Set(evicted.map(({ index }) => Math.floor(index / 4))).size).toBe(1);
      expect(evicted).toEqual(evicted.map(({ index }) => ({ swarmId: unwanted.swarmId, index })));
      expect((await bench.reader.open(wantedOne.swarmId))?.extents).toEqual(eight);
      await expect(bench.reader.read(unwanted.swarmId, evicted[0]?.index ?? 0)).resolves.toBeUndefined();
    });

    it('never evicts the segment that it makes room for', () => {
      bench.commit({ erase: refs(sixteen, segment(3)) });
      bench.commit(sixteen.batch([20, 21, 22, 23]));
      const evicted = bench.commit(sixteen.batch([24, 25, 26, 27])).evicted.map(({ index }) => index);
      expect(evicted).toHaveLength(4);
      expect(evicted.some((index) => index >= 24)).toBe(false);
    });

    it('takes note of what is asked for that it does not hold', () => {
      const unknown = { swarmId: 'ff'.repeat(32), index: 7, by: 3, chunkSize: 8192 };
      expect(bench.commit({ touched: [unknown, { ...unknown, index: 2 ** 47 }] })).toMatchObject({ evicted: [] });
      expect(bench.writer.usage()).toMatchObject({ extents: 16 });
    });

    it('keeps what is pinned, also over a restart, until it is unpinned', async () => {
      const rule = (pinned: boolean): RuleChange => ({ kind: 'swarm', swarmId: sixteen.swarmId, rule: { pinned } });
      const newcomers = new TestContent(9, { chunkCount: 64 * 40 });
      bench.commit({ rules: [rule(true)] });
      expect(bench.writer.usage().policy.pinnedBytes).toBe(16 * extentBytes);
      await bench.reopen(capacityBytes);
      expect(bench.commit(newcomers.batch([0])).refused).toMatchObject([{ reason: 'policy' }]);
      expect(bench.writer.usage()).toMatchObject({ extents: 16, swarms: 1 });
      bench.commit({ rules: [rule(false)] });
      expect(bench.commit(newcomers.batch([0])).written).toHaveLength(1);
    });

    it('gives what was pinned before it came no more than half of it, over restarts too', async () => {
      const newcomers = new TestContent(9, { chunkCount: 64 * 40 });
      bench.commit({ rules: [{ kind: 'swarm', swarmId: newcomers.swarmId, rule: { pinned: true } }] });
      expect(bench.commit(newcomers.batch(indexes)).refused.map(({ reason }) => reason)).toEqual(
        Array(8).fill('policy'),
      );
      await bench.reopen(capacityBytes);
      expect(bench.commit(newcomers.batch(indexes)).refused).toHaveLength(8);
      expect(bench.commit(other.batch([0, 1])).written).toHaveLength(2);
      expect(bench.writer.usage().policy.pinnedBytes).toBe(8 * extentBytes);
    });

    it('holds a swarm, and all with one label, to their quotas', async () => {
      const label = (content: TestContent, quotaBytes?: number): RuleChange => ({
        kind: 'swarm',
        swarmId: content.swarmId,
        rule: { label: 'news', ...(quotaBytes === undefined ? {} : { quotaBytes }) },
      });
      const newcomers = new TestContent(9, { chunkCount: 64 * 40 });
      const held = (): number[] => bench.reader.swarms().map(({ extentsHeld }) => extentsHeld);
      const lowered = bench.commit({ rules: [label(sixteen, 8 * extentBytes)] });
      expect(lowered.evicted).toHaveLength(8);
      expect(held()).toEqual([8]);
      bench.commit({ rules: [label(newcomers), { kind: 'label', name: 'news', quotaBytes: 4 * extentBytes }] });
      expect(held()).toEqual([4]);
      await bench.reopen(capacityBytes);
      bench.commit(newcomers.batch([0, 1, 2, 3]));
      expect(held()).toEqual([4]);
      bench.commit({ rules: [{ kind: 'label', name: 'news', quotaBytes: undefined }] });
      bench.commit(newcomers.batch([4, 5, 6, 7]));
      expect(held()).toEqual([8]);
    });

    it('loses the record and the blocks with the last extent', async () => {
      await bench.reopen(roomy);
      bench.commit(one.batch([0], [one.block(1, 0)]), 1);
      const result = bench.commit({ rules: [{ kind: 'swarm', swarmId: one.swarmId, rule: { quotaBytes: 1 } }] });
      expect(result.evicted).toEqual([{ swarmId: one.swarmId, index: 0 }]);
      expect(bench.reader.swarms().map(({ record }) => record.metadata.swarmId)).toEqual([sixteen.swarmId]);
      await expect(bench.reader.open(one.swarmId)).resolves.toBeUndefined();
      while (bench.writer.sweep());
      expect(bench.writer.usage().storedBytes).toBe(16 * extentBytes + recordFootprint);
    });

    it('evicts within a commit that is larger than itself', () => {
      const result = bench.commit(sixteen.batch(Array.from({ length: 24 }, (_, at) => 16 + at)));
      expect(result.written).toHaveLength(24);
      expect(result.evicted.length).toBeGreaterThanOrEqual(24);
      expect(result.storedBytes).toBeLessThanOrEqual(capacityBytes);
    });

    it('answers each batch of a transaction with how that ended, whatever later ones did', () => {
      const batches = [0, 1, 2, 3].map((part) => sixteen.batch(Array.from({ length: 10 }, (_, at) => part * 10 + at)));
      const results = bench.writer.commit([...batches, { ...emptyBatch, erase: refs(sixteen, [39]) }], 1);
      const told = results.slice(0, 4).flatMap(({ refused, evicted }, part) => {
        const gone = new Set([...refused, ...evicted].map(({ index }) => index));
        return Array.from({ length: 10 }, (_, at) => part * 10 + at).filter((index) => !gone.has(index));
      });
      expect(told.length).toBeGreaterThan(0);
      expect(told).not.toContain(39);
      return expect(bench.reader.open(sixteen.swarmId)).resolves.toMatchObject({ extents: told });
    });

    it('shrinks to a capacity that was lowered', async () => {
      await bench.reopen(capacityBytesMin);
      expect(bench.writer.usage().storedBytes).toBeLessThanOrEqual(capacityBytesMin);
      expect(bench.reader.swarms()).toMatchObject([{ extentsHeld: bench.writer.usage().extents }]);
    });

    it('makes room for blocks too', () => {
      const blocks = Array.from({ length: 16 }, (_, index) => sixteen.block(1, index));
      const result = bench.commit({ writes: [{ ...sixteen.write([]), blocks }] });
      expect(result.evicted).toEqual(refs(sixteen, segment(0)));
      expect(result.storedBytes).toBeLessThanOrEqual(capacityBytes);
    });
  });

  describe('erasing', () => {
    it('removes an extent', async () => {
      bench.commit(one.batch([0, 1]));
      const erasure = { swarmId: one.swarmId, index: 0 };
      expect(bench.commit({ erase: [erasure, { ...erasure, index: 7 }, { swarmId: other.swarmId }] }).erased).toEqual([
        erasure,
      ]);
      expect((await bench.reader.open(one.swarmId))?.extents).toEqual([1]);
      expect(bench.writer.usage()).toMatchObject({ extents: 1, storedBytes: extentBytes + recordFootprint });
    });

    it('removes the swarm with its last extent', () => {
      bench.commit(one.batch([0]));
      bench.commit({ erase: [{ swarmId: one.swarmId, index: 0 }] });
      expect(bench.reader.swarms()).toEqual([]);
      expect(bench.writer.usage()).toMatchObject({ swarms: 0, extents: 0, storedBytes: 0 });
    });

    it('removes a swarm at once for readers, and its bytes in several sweeps', async () => {
      const many = new TestContent(4, { chunkSize: 8, chunkCount: 64 * 600 });
      bench.commit(
        many.batch(
          Array.from({ length: 600 }, (_, index) => index),
          [many.block(1, 0)],
        ),
      );
      expect(bench.commit({ erase: [{ swarmId: many.swarmId }] }).erased).toEqual([{ swarmId: many.swarmId }]);
      await expect(bench.reader.open(many.swarmId)).resolves.toBeUndefined();
      await expect(bench.reader.read(many.swarmId, 0)).resolves.toBeUndefined();
      expect(bench.writer.usage()).toMatchObject({ swarms: 0, extents: 0 });
      expect(bench.writer.usage().storedBytes).toBeGreaterThan(0);
      let sweeps = 1;
      while (bench.writer.sweep()) sweeps++;
      expect(sweeps).toBeGreaterThan(2);
      expect(bench.writer.usage().storedBytes).toBe(0);
    });

    it('never shows old extents to the same content fetched again', async () => {
      bench.commit(one.batch([0, 1, 2], [one.block(1, 0)]));
      bench.commit({ erase: [{ swarmId: one.swarmId }], writes: [one.write([5])] });
      expect(await bench.reader.open(one.swarmId)).toMatchObject({ extents: [5], blocks: [] });
      await expect(bench.reader.read(one.swarmId, 0)).resolves.toBeUndefined();
      await bench.reopen(roomy);
      expect(await bench.reader.open(one.swarmId)).toMatchObject({ extents: [5], blocks: [] });
      expect(bench.writer.usage().storedBytes).toBe(extentBytes + recordFootprint);
    });
  });
}
