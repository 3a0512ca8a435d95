import { type StoreBench, one, other, roomy } from '../store-bench.testing';
import type { RuleChange, SwarmRule } from './rule';

const block = { reason: 'a court says so', since: 1_700_000_000, bytes: 0, extents: 0 };

function ruled(rule: SwarmRule | undefined): RuleChange {
  return { kind: 'swarm', swarmId: one.swarmId, rule };
}

/** What a store promises of an operator's rules. */
export function describeRules(current: () => StoreBench): void {
  let bench: StoreBench;
  beforeEach(() => {
    bench = current();
  });

  describe('rules', () => {
    it('are there for every reader and for the next writer, each in place of the one before', async () => {
      const quota: RuleChange = { kind: 'label', name: 'news', quotaBytes: 5 };
      const job: RuleChange = { kind: 'job', name: 'a', text: 'any text' };
      bench.commit({ rules: [ruled({ pinned: true }), quota, job] });
      bench.commit({ rules: [ruled({ label: 'news', fetchRate: 7 })] });
      await bench.reopen(roomy);
      const rules = [...bench.reader.rules()].sort((a, b) => a.kind.localeCompare(b.kind));
      expect(rules).toEqual([job, quota, ruled({ label: 'news', fetchRate: 7 })]);
    });

    it('are gone with nothing left in them', () => {
      bench.commit({ rules: [ruled({ pinned: true }), { kind: 'tracker', name: 'http://t/', quotaBytes: 5 }] });
      bench.commit({
        rules: [ruled({ pinned: false }), { kind: 'tracker', name: 'http://t/', quotaBytes: undefined }],
      });
      expect(bench.reader.rules()).toEqual([]);
    });

    it('keep a blocked swarm out, from the same batch on and after a restart, until it is unblocked', async () => {
      const refused = [{ swarmId: one.swarmId, index: 0, reason: 'blocked' }];
      expect(bench.commit({ ...one.batch([0]), rules: [ruled({ blocked: block })] }).refused).toEqual(refused);
      await bench.reopen(roomy);
      expect(bench.commit(one.batch([0])).refused).toEqual(refused);
      expect(bench.commit(other.batch([0])).written).toHaveLength(1);
      expect(bench.commit({ ...one.batch([0]), rules: [ruled(undefined)] }).written).toHaveLength(1);
    });

    it('of a swarm may come before anything else of it, and stay when it is erased', () => {
      bench.commit({ ...one.batch([0]), rules: [ruled({ label: 'news' })] });
      bench.commit({ erase: [one] });
      expect(bench.reader.swarms()).toEqual([]);
      expect(bench.reader.rules()).toEqual([ruled({ label: 'news' })]);
    });
  });

  describe('what an erasure leaves', () => {
    it('is found until it is swept', async () => {
      bench.commit(one.batch([0, 1], [one.block(1, 0)]));
      bench.commit(other.batch([0]));
      await expect(bench.reader.leftovers()).resolves.toEqual([]);
      bench.commit({ erase: [one] });
      const left = await bench.reader.leftovers();
      expect(left).toHaveLength(1);
      expect(bench.reader.stillThere(left)).toEqual(left);
      while (bench.writer.sweep());
      expect(bench.reader.stillThere(left)).toEqual([]);
      await expect(bench.reader.leftovers()).resolves.toEqual([]);
    });

    it('is swept in the order of the erasures, the last one first', async () => {
      bench.commit(one.batch([0]));
      bench.commit(other.batch([0]));
      bench.commit({ erase: [one] });
      const [first = 0] = await bench.reader.leftovers();
      bench.commit({ erase: [other] });
      bench.writer.sweep();
      await expect(bench.reader.leftovers()).resolves.toEqual([first]);
    });

    it('is told of a swarm that is blocked, and swept before what was erased before and after it', async () => {
      bench.commit(one.batch([0]));
      bench.commit(other.batch([0]));
      expect(bench.commit({ erase: [other] }).left).toBeUndefined();
      const rest = await bench.reader.leftovers();
      const rules = [ruled({ blocked: block })];
      const { left = [] } = bench.commit({ rules, erase: [one] });
      expect(left.map(({ swarmId }) => swarmId)).toEqual([one.swarmId]);
      bench.commit(other.batch([1]));
      bench.commit({ erase: [other] });
      bench.writer.sweep();
      expect(bench.reader.stillThere(left.map(({ number }) => number))).toEqual([]);
      expect(bench.commit({ erase: [one] }).left).toBeUndefined();
      await expect(bench.reader.leftovers()).resolves.toEqual([...rest, expect.any(Number)]);
    });

    it('of a swarm that was erased before it was blocked is told, and swept first, too', async () => {
      bench.commit(one.batch([0]));
      bench.commit({ erase: [one] });
      bench.commit(one.batch([0, 1]));
      bench.commit(other.batch([0]));
      bench.commit({ erase: [one] });
      bench.commit({ erase: [other] });
      const { left = [] } = bench.commit({ rules: [ruled({ blocked: block })], erase: [one] });
      expect(left).toHaveLength(2);
      bench.writer.sweep();
      bench.writer.sweep();
      expect(bench.reader.stillThere(left.map(({ number }) => number))).toEqual([]);
      await expect(bench.reader.leftovers()).resolves.toHaveLength(1);
    });

    it('is found where it is hash blocks alone, and among many swarms', async () => {
      bench.commit(one.batch([0], [one.block(1, 0)]));
      bench.commit(other.batch([0]));
      bench.commit({ erase: [{ swarmId: one.swarmId, index: 0 }] });
      await expect(bench.reader.leftovers()).resolves.toHaveLength(1);
    });
  });
}
