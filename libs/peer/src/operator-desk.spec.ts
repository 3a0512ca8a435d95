import { limits } from '@weir/ppspp';
import { RuleBook, StoreError } from '@weir/store';
import { limitsIn } from './operator-desk';
import { DeskBench, storeDirectory } from './operator-desk.testing';

const directory = storeDirectory();
const one = 'a'.repeat(64);
const other = 'b'.repeat(64);
const block = { reason: 'a court says so', since: 1_700_000_000, bytes: 0, extents: 0 };
let bench: DeskBench;

beforeEach(() => {
  bench = DeskBench.start(directory.path);
});
afterEach(() => bench.close());

async function reopen(): Promise<void> {
  await bench.close();
  bench = DeskBench.start(directory.path);
}

describe('a rule', () => {
  it('is on disk when it is answered, whatever else is laid down for the swarm at the same time', async () => {
    await Promise.all([
      bench.desk.revise(one, (rule) => ({ ...rule, pinned: true })),
      bench.desk.revise(one, (rule) => ({ ...rule, label: 'news' })),
      bench.desk.lay({ kind: 'label', name: 'news', quotaBytes: 7 }),
    ]);
    await reopen();
    expect(bench.desk.rules.swarm(one)).toEqual({ pinned: true, label: 'news' });
    expect([...bench.desk.rules.groups]).toEqual([{ kind: 'label', name: 'news', quotaBytes: 7 }]);
  });

  it('that cannot be written changes nothing', async () => {
    await bench.client.close();
    const refused = bench.desk.block(one, (rule) => ({ ...rule, blocked: block }));
    expect(bench.told).toEqual([`block ${one}`]);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(bench.desk.rules.isBlocked(one)).toBe(false);
    expect(bench.told.at(-1)).toBe(`unblock ${one}`);
  });
});

describe('a swarm that a tracker names', () => {
  const first = 'http://t/';
  const second = 'http://other/';
  const quotaOf = (name: string, quotaBytes: number | undefined) =>
    bench.desk.lay({ kind: 'tracker', name, quotaBytes });

  it('is in the group of the first that named it, whichever had a quota by then, as long as that has one', async () => {
    bench.desk.named(one, first);
    bench.desk.named(one, second);
    expect(bench.desk.rules.swarms.size).toBe(0);
    await quotaOf(second, 5);
    expect(bench.desk.rules.swarms.size).toBe(0);
    await quotaOf(first, 5);
    await reopen();
    expect(bench.desk.rules.swarm(one)).toEqual({ tracker: first });
    bench.desk.named(one, second);
    await quotaOf(first, undefined);
    await quotaOf(second, undefined);
    await reopen();
    expect(bench.desk.rules.changes()).toEqual([]);
  });

  it('comes into its group with a quota that is laid down later, with all others of that tracker', async () => {
    const many = Array.from({ length: 2_500 }, (_, at) => at.toString(16).padStart(64, '0'));
    for (const swarmId of many) bench.desk.named(swarmId, first);
    await quotaOf(first, 5);
    expect(many.filter((swarmId) => bench.desk.rules.swarm(swarmId)?.tracker === first)).toHaveLength(many.length);
    await quotaOf(first, undefined);
    expect(bench.desk.rules.swarms.size).toBe(0);
  });

  it('keeps no operator from a rule, however many there are, nor waiting for a transaction each', async () => {
    await bench.desk.lay({ kind: 'tracker', name: 'http://t/', quotaBytes: 5 });
    const commits = jest.spyOn(bench.client, 'commit');
    for (let swarm = 0; swarm < 1_000; swarm++) bench.desk.named(swarm.toString(16).padStart(64, '0'), 'http://t/');
    await bench.desk.revise(one, (rule) => ({ ...rule, label: 'news' }));
    expect(commits).toHaveBeenCalledTimes(2);
    expect(bench.desk.rules.swarms.size).toBe(1_001);
    for (let swarm = 0; bench.desk.rules.swarmRoom > 0; swarm++)
      bench.desk.rules.apply({ kind: 'swarm', swarmId: String(swarm), rule: { tracker: 'http://t/' } });
    await bench.desk.block(other, (rule) => ({ ...rule, blocked: block }));
    expect(bench.desk.rules.isBlocked(other)).toBe(true);
  });
});

describe('a rate', () => {
  it('is kept to for as many swarms as it can be laid down for', () => {
    // Those of pre-fetches come beside them: see `prefetchesMax` of the admin API.
    expect(limits.swarmRulesMax).toBeGreaterThanOrEqual(new RuleBook().swarmRoom + 16);
  });

  it('reaches the threads, beside that of a fetch ahead of demand', async () => {
    await bench.desk.revise(one, (rule) => ({ ...rule, fetchRate: 5_000 }));
    bench.desk.pace(one, 2_000);
    expect(bench.limited.get(one)).toEqual({ fetchRate: 5_000, prefetchRate: 2_000 });
    await bench.desk.revise(one, () => ({ serveRate: 7_000 }));
    expect(bench.limited.get(one)).toEqual({ serveRate: 7_000, prefetchRate: 2_000 });
    bench.desk.pace(one, undefined);
    expect(bench.limited.get(one)).toEqual({ serveRate: 7_000 });
    await reopen();
    expect(limitsIn(bench.desk.rules)).toEqual([[one, { serveRate: 7_000 }]]);
  });
});

describe('a block', () => {
  it('reaches the threads before the disk, keeps writes out, and outlives a restart', async () => {
    await bench.store(one, 3);
    const blocked = bench.desk.block(one, (rule) => ({ ...rule, blocked: block }));
    expect(bench.told).toEqual([`block ${one}`]);
    expect(bench.reader.rules()).toEqual([]);
    await blocked;
    expect(await bench.desk.erase([one])).toEqual({ count: 1, left: [{ swarmId: one, number: expect.any(Number) }] });
    expect(await bench.store(one, 3)).toBe(0);
    expect(await bench.store(other, 1)).toBe(1);
    await reopen();
    expect(bench.desk.rules.isBlocked(one)).toBe(true);
    expect(await bench.store(one, 3)).toBe(0);
    await bench.desk.revise(one, () => ({}));
    expect(bench.told).toEqual([`unblock ${one}`]);
    expect(await bench.store(one, 3)).toBe(3);
  });
});

describe('a block that waits for the disk', () => {
  it('holds already, and neither what comes before it nor another that fails lifts it', async () => {
    const written: (() => void)[] = [];
    const commit = bench.client.commit.bind(bench.client);
    const slow = jest.spyOn(bench.client, 'commit').mockImplementation(async (batch) => {
      await new Promise<void>((resolve) => written.push(resolve));
      return commit(batch);
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const label = bench.desk.revise(one, (rule) => ({ ...rule, label: 'news' }));
    const first = bench.desk.block(one, (rule) => ({ ...rule, blocked: block }));
    const failing = bench.desk.block(one, () => {
      throw new StoreError('STORE_RULES_FULL', 'planned');
    });
    expect(bench.told).toEqual([`block ${one}`, `block ${one}`]);
    while (written.length === 0) await turn();
    written.shift()?.();
    await label;
    expect(bench.told.at(-1)).toBe(`block ${one}`);
    while (written.length === 0) await turn();
    slow.mockRestore();
    written.shift()?.();
    await first;
    await expect(failing).rejects.toThrow('planned');
    expect(new Set(bench.told)).toEqual(new Set([`block ${one}`]));
    expect(bench.desk.rules.swarm(one)).toEqual({ label: 'news', blocked: block });
  });
});

describe('many rules at once', () => {
  it('are one transaction; swarms without a rule, or whose rule stays, have no part in it', async () => {
    const third = 'c'.repeat(64);
    for (const swarmId of [one, other]) await bench.desk.revise(swarmId, () => ({ blocked: block }));
    await bench.desk.revise(third, () => ({ pinned: true }));
    const commit = jest.spyOn(bench.client, 'commit');
    await bench.desk.reviseAll([one, other, third, 'd'.repeat(64)], (rule) =>
      rule.blocked === undefined ? rule : { blocked: { ...rule.blocked, erasedAt: 2 } },
    );
    expect(commit.mock.calls.map(([{ rules = [] }]) => rules.length)).toEqual([2]);
    await reopen();
    expect(bench.desk.rules.changes().map(({ kind, ...rest }) => [kind, rest])).toEqual([
      ['swarm', { swarmId: one, rule: { blocked: { ...block, erasedAt: 2 } } }],
      ['swarm', { swarmId: other, rule: { blocked: { ...block, erasedAt: 2 } } }],
      ['swarm', { swarmId: third, rule: { pinned: true } }],
    ]);
    const idle = jest.spyOn(bench.client, 'commit');
    await bench.desk.reviseAll([third], (rule) => rule);
    expect(idle).not.toHaveBeenCalled();
  });
});

describe('a store that was started again', () => {
  it('has what is laid down, whatever it lost of it or wrote without a word', async () => {
    await bench.desk.revise(one, (rule) => ({ ...rule, blocked: block }));
    await bench.desk.lay({ kind: 'label', name: 'news', quotaBytes: 7 });
    const rules = [
      { kind: 'swarm', swarmId: one, rule: {} },
      { kind: 'swarm', swarmId: other, rule: { blocked: block } },
      { kind: 'job', name: 'a', text: '{}' },
    ] as const;
    await bench.client.commit({ erase: [], touched: [], writes: [], rules });
    expect(await bench.store(one, 1)).toBe(1);
    await bench.desk.renew();
    expect(await bench.store(one, 2)).toBe(0);
    expect(await bench.store(other, 1)).toBe(1);
    expect(bench.reader.rules()).toEqual(bench.desk.rules.changes().sort((a, b) => (a.kind < b.kind ? -1 : 1)));
  });
});

describe('a store that does not say what is in it', () => {
  it('is not taken for an empty one', async () => {
    await bench.store(one, 1);
    bench.trouble = new StoreError('STORE_CLOSED', 'planned');
    await expect(bench.desk.find(one)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(bench.desk.leftovers()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(bench.desk.stillThere([1])).rejects.toThrow('planned');
    bench.trouble = undefined;
    expect(await bench.desk.find(one)).toMatchObject({ record: true, extents: 1 });
  });
});

describe('an erasure', () => {
  it('of many swarms leaves nothing of them, and all of the others', async () => {
    const ids = Array.from({ length: 100 }, (_, at) => at.toString(16).padStart(64, '0'));
    for (const id of [...ids, one]) await bench.store(id, 1);
    expect(await bench.desk.erase([...ids, other])).toEqual({ count: 100, left: [] });
    let left = await bench.desk.leftovers();
    while (left.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      left = await bench.desk.stillThere(left);
    }
    expect(bench.reader.swarms().map(({ record }) => record.metadata.swarmId)).toEqual([one]);
  });
});
