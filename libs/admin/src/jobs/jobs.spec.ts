import { setImmediate, setTimeout } from 'node:timers/promises';
import type { FoundContent } from '@weir/peer';
import { StoreError } from '@weir/store';
import { AdminApp, idOf, liveSwarm } from '../admin.testing';
import { capacityBytes, storeDirectory } from '../../../peer/src/operator-desk.testing';
import { limits } from '../limits';
import { jobsView, jobView, type JobView } from './job-view';

// Work is looked at once a second, and a busy machine takes its time.
jest.setTimeout(60_000);

const directory = storeDirectory();
const one = idOf('a');
const other = idOf('b');
let admin: AdminApp;

beforeEach(async () => {
  admin = await AdminApp.start(directory.path);
});
afterEach(() => admin.close());

async function restart(): Promise<void> {
  await admin.close();
  admin = await AdminApp.start(directory.path);
}

async function order(body: unknown): Promise<JobView> {
  const { status, json, headers } = await admin.request('POST', '/v1/jobs', { body });
  expect(status).toBe(202);
  const job = jobView.strict().parse(json);
  expect(headers.location).toBe(`/v1/jobs/${job.id}`);
  return job;
}

async function show(id: string): Promise<JobView> {
  return jobView.strict().parse((await admin.request('GET', `/v1/jobs/${id}`)).json);
}

/** The job once it is as awaited: the test fails by its time if it never is. */
async function reaching(id: string, isThere: (job: JobView) => boolean): Promise<JobView> {
  for (;;) {
    const job = await show(id);
    if (isThere(job)) return job;
    await setTimeout(10);
  }
}

const ended = (id: string) => reaching(id, ({ ended: at }) => at !== null);
const prefetch = { type: 'prefetch', swarm: { swarmId: one, peers: ['192.0.2.7:6778'] } };

describe('a pre-fetch', () => {
  it('runs until all is here, and tells how far it is', async () => {
    const { id } = await order({ ...prefetch, rate: 5_000_000 });
    const running = await reaching(id, ({ state }) => state === 'running');
    expect(running).toMatchObject({ type: 'prefetch', swarmId: one, rate: 5_000_000, progress: { percent: null } });
    while (!admin.peer.openSwarms.has(one)) await setImmediate();
    const sizes = { chunkCount: 640, extentCount: 10, contentBytes: 655_360, sources: 1 };
    admin.peer.openSwarms.set(one, liveSwarm(one, { ...sizes, extentsHeld: 4 }));
    const half = await reaching(id, ({ progress }) => progress.percent !== null);
    expect(half.progress).toMatchObject({
      bytes: 262_144,
      totalBytes: 655_360,
      extents: 4,
      totalExtents: 10,
      percent: 40,
    });
    admin.peer.openSwarms.set(one, liveSwarm(one, { ...sizes, extentsHeld: 10, complete: true }));
    expect(await ended(id)).toMatchObject({ state: 'done', error: null, progress: { percent: 100, etaSeconds: 0 } });
    expect(admin.peer.bench.told).toContain(`settle ${one}`);
  });

  it('goes on after a restart, with the peers that were named', async () => {
    const { id } = await order(prefetch);
    await reaching(id, ({ state }) => state === 'running');
    await restart();
    expect(admin.peer.peers.get(one)).toBeUndefined();
    await reaching(id, ({ state }) => state === 'running');
    while (!admin.peer.peers.has(one)) await setImmediate();
    expect(admin.peer.peers.get(one)).toEqual([{ address: { ip: '192.0.2.7', port: 6778 }, priority: 0 }]);
  });

  it('is cancelled once, and stays so over a restart', async () => {
    const { id } = await order(prefetch);
    await reaching(id, ({ state }) => state === 'running');
    expect((await admin.request('DELETE', `/v1/jobs/${id}`)).json).toMatchObject({ state: 'cancelled' });
    expect(admin.peer.bench.told).toContain(`settle ${one}`);
    await restart();
    expect(await show(id)).toMatchObject({ state: 'cancelled', ended: expect.any(String) });
    expect((await admin.request('DELETE', `/v1/jobs/${id}`)).json).toMatchObject({ code: 'JOB_ENDED', status: 409 });
  });

  it('goes on when another one of the same swarm is cancelled, and is the last to have it settled', async () => {
    const { id: first } = await order({ ...prefetch, rate: 1_000_000 });
    const { id: second } = await order({ ...prefetch, rate: 2_000_000 });
    for (const id of [first, second]) await reaching(id, ({ state }) => state === 'running');
    const settled = () => admin.peer.bench.told.filter((order) => order === `settle ${one}`).length;
    await admin.request('DELETE', `/v1/jobs/${second}`);
    expect(settled()).toBe(0);
    await admin.request('DELETE', `/v1/jobs/${first}`);
    expect(settled()).toBe(1);
  });

  it('ends with the reason when its swarm is blocked, its deadline comes, or the store is too small', async () => {
    const blocked = await order(prefetch);
    await admin.request('PUT', `/v1/swarms/${one}/block`, { body: { reason: 'a court says so' } });
    expect(await ended(blocked.id)).toMatchObject({ state: 'failed', error: { code: 'SWARM_BLOCKED' } });
    const late = await order({ type: 'prefetch', swarm: { swarmId: other }, deadline: '2020-01-01T00:00:00Z' });
    expect(await ended(late.id)).toMatchObject({ state: 'failed', error: { code: 'DEADLINE_PASSED' } });
    admin.peer.usage = { ...admin.peer.usage, capacityBytes };
    const huge = await order({ type: 'prefetch', swarm: { swarmId: other } });
    admin.peer.openSwarms.set(other, liveSwarm(other, { extentCount: 1_000, extentsHeld: 1 }));
    expect(await ended(huge.id)).toMatchObject({ state: 'failed', error: { code: 'SWARM_TOO_LARGE' } });
  });

  it.each([
    [{ type: 'prefetch', swarm: { swarmId: other, contentBytes: 2 * capacityBytes } }, 'SWARM_TOO_LARGE', 409],
    [{ type: 'prefetch', swarm: { swarmId: one } }, 'SWARM_BLOCKED', 409],
    [{ type: 'prefetch' }, 'REQUEST_INVALID', 400],
    [{ ...prefetch, rate: 1 }, 'REQUEST_INVALID', 400],
    [{ ...prefetch, deadline: 'tomorrow' }, 'REQUEST_INVALID', 400],
    [{ type: 'purge' }, 'REQUEST_INVALID', 400],
    [{ type: 'purge', all: true, label: 'news' }, 'REQUEST_INVALID', 400],
    [{ type: 'burn' }, 'REQUEST_INVALID', 400],
    [{ type: 'scrub', rate: 1 }, 'REQUEST_INVALID', 400],
  ])('or another job is refused as %j', async (body, code, status) => {
    admin.peer.usage = { ...admin.peer.usage, capacityBytes };
    await admin.request('PUT', `/v1/swarms/${one}/block`, { body: { reason: 'a court says so' } });
    expect((await admin.request('POST', '/v1/jobs', { body })).json).toMatchObject({ code, status });
  });

  it('is refused while so many are on their way to the disk', async () => {
    const orders = Array.from({ length: limits.jobsUnfinishedMax + 20 }, async () => {
      return (await admin.request('POST', '/v1/jobs', { body: prefetch })).status;
    });
    const taken = (await Promise.all(orders)).filter((status) => status === 202);
    expect(taken).toHaveLength(limits.jobsUnfinishedMax);
  });

  it('waits while so many run, and is refused while so many wait', async () => {
    const ids: string[] = [];
    for (let at = 0; at < limits.jobsUnfinishedMax; at++) {
      const swarmId = at.toString(16).padStart(64, '0').replace(/^0/, '1');
      ids.push((await order({ type: 'prefetch', swarm: { swarmId } })).id);
    }
    const refused = await admin.request('POST', '/v1/jobs', { body: prefetch });
    expect(refused.json).toMatchObject({ code: 'JOBS_BUSY', status: 503 });
    await reaching(ids[limits.prefetchesMax - 1] ?? '', ({ state }) => state === 'running');
    expect(await show(ids[limits.prefetchesMax] ?? '')).toMatchObject({ state: 'waiting' });
    await admin.request('DELETE', `/v1/jobs/${ids[0] ?? ''}`);
    await reaching(ids[limits.prefetchesMax] ?? '', ({ state }) => state === 'running');
  });
});

describe('a purge', () => {
  const stored = () => admin.peer.bench.reader.swarms().map(({ record }) => record.metadata.swarmId);

  beforeEach(async () => {
    for (const id of [one, other, idOf('c')]) await admin.peer.bench.store(id, 2);
    await admin.request('PUT', `/v1/swarms/${one}/label`, { body: { label: 'news' } });
    await admin.request('PUT', `/v1/swarms/${other}/label`, { body: { label: 'news' } });
    await admin.request('PUT', `/v1/swarms/${other}/pin`);
  });

  it.each([
    [{ label: 'news' }, [other, idOf('c')], /^1 pinned swarms stay/],
    [{ label: 'news', includePinned: true }, [idOf('c')]],
    [{ swarmId: other }, [one, idOf('c')]],
    [{ all: true }, [other], /^1 pinned swarms stay/],
    [{ all: true, includePinned: true }, []],
    [{ label: 'sport' }, [one, other, idOf('c')]],
  ])('of %j leaves the rest, and says what it spared', async (what, rest, spared: RegExp | null = null) => {
    const { id } = await order({ type: 'purge', ...what });
    const job = await ended(id);
    expect(job).toMatchObject({ state: 'done', progress: { extents: 6 - 2 * rest.length, percent: 100 } });
    expect(job.progress.note).toEqual(spared && expect.stringMatching(spared));
    expect(stored().sort()).toEqual(rest);
  });
});

describe('a job that is cancelled before its turn', () => {
  it('does nothing, though it was to be looked at', async () => {
    await admin.peer.bench.store(one, 2);
    let look: () => void = () => undefined;
    const refresh = jest.spyOn(admin.peer, 'refresh').mockReturnValue(new Promise((resolve) => (look = resolve)));
    const first = await order({ type: 'prefetch', swarm: { swarmId: other } });
    const second = await order({ type: 'purge', swarmId: one });
    const found: FoundContent = { record: false, extents: 0, hashBlocks: 0, memoryExtents: 0 };
    let answer: (value: FoundContent) => void = () => undefined;
    const find = jest
      .spyOn(admin.peer.bench.desk, 'find')
      .mockReturnValue(new Promise((resolve) => (answer = resolve)));
    while (refresh.mock.calls.length === 0) await setImmediate();
    refresh.mockRestore();
    look();
    while (find.mock.calls.length === 0) await setImmediate();
    expect((await admin.request('DELETE', `/v1/jobs/${second.id}`)).json).toMatchObject({ state: 'cancelled' });
    find.mockRestore();
    answer(found);
    // The next turn begins when this one is over.
    admin.peer.openSwarms.set(other, liveSwarm(other, { extentCount: 1, extentsHeld: 1, complete: true }));
    await ended(first.id);
    expect(await show(second.id)).toMatchObject({ state: 'cancelled' });
    expect(admin.peer.bench.reader.holds(one)).toBe(true);
  });
});

describe('a purge of a store that does not say what is in it', () => {
  it('waits, and removes what is there then', async () => {
    await admin.peer.bench.store(one, 2);
    admin.peer.bench.trouble = new StoreError('STORE_CLOSED', 'planned');
    const stored = jest.spyOn(admin.peer, 'stored').mockReturnValue([]);
    const { id } = await order({ type: 'purge', all: true });
    await reaching(id, ({ progress }) => progress.note !== null);
    stored.mockRestore();
    admin.peer.bench.trouble = undefined;
    expect(await ended(id)).toMatchObject({ state: 'done', progress: { extents: 2, note: null } });
    expect(admin.peer.bench.reader.holds(one)).toBe(false);
  });
});

describe('a scrub', () => {
  it('runs until its pass is over', async () => {
    const { id } = await order({ type: 'scrub' });
    const half = await reaching(id, ({ progress }) => progress.percent === 50);
    expect(half).toMatchObject({ state: 'running', progress: { bytes: 4_096 } });
    admin.peer.scrub({ running: false });
    expect(await ended(id)).toMatchObject({ state: 'done', progress: { percent: 100 } });
  });

  it('is cancelled', async () => {
    const { id } = await order({ type: 'scrub' });
    await reaching(id, ({ state }) => state === 'running');
    await admin.request('DELETE', `/v1/jobs/${id}`);
    expect(admin.peer.integrityReport.scrub.running).toBe(false);
  });
});

describe('GET /v1/jobs', () => {
  it('lists the newest first, and an erasure that is under way', async () => {
    const first = await order({ type: 'purge', all: true });
    const last = await order({ type: 'purge', label: 'news' });
    const { jobs } = jobsView.strict().parse((await admin.request('GET', '/v1/jobs')).json);
    expect(jobs.map(({ id }) => id)).toEqual([last.id, first.id]);
    await admin.request('PUT', `/v1/swarms/${one}/block`, { body: { reason: 'a court says so' } });
    const id = `block-${one}`;
    expect(await ended(id)).toMatchObject({ type: 'block-erasure', state: 'done', swarmId: one });
    expect((await admin.request('DELETE', `/v1/jobs/${id}`)).json).toMatchObject({ code: 'JOB_ENDED' });
    expect((await admin.request('GET', '/v1/jobs/none')).json).toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 });
  });
});
