import { setImmediate } from 'node:timers/promises';
import { AdminApp, idOf } from '../admin.testing';
import { cacheView } from '../cache-view';
import { capacityBytes, storeDirectory } from '../../../peer/src/operator-desk.testing';
import { pinnedShareMax } from '@weir/peer';
import { limits } from '../limits';
import { blockReportView, blocksView, quotasView, quotaView, swarmRuleView } from './rule-view';

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

const put = (path: string, body?: unknown) => admin.request('PUT', path, body === undefined ? {} : { body });
const rulesOf = async (id: string) =>
  swarmRuleView.strict().parse((await admin.request('GET', `/v1/swarms/${id}/rules`)).json);

describe('what is laid down for a swarm', () => {
  it('is kept over a restart, each part by itself, and may be laid down again', async () => {
    const idle = { pinned: false, label: null, quotaBytes: null, fetchRate: null, serveRate: null, blocked: false };
    expect(await rulesOf(one)).toEqual({ swarmId: one, ...idle });
    for (let time = 0; time < 2; time++) {
      expect((await put(`/v1/swarms/${one}/pin`)).status).toBe(200);
      expect((await put(`/v1/swarms/${one}/label`, { label: 'news' })).status).toBe(200);
      expect((await put(`/v1/swarms/${one}/quota`, { bytes: 5_000_000 })).status).toBe(200);
      expect((await put(`/v1/swarms/${one}/limits`, { fetchRate: 2_000, serveRate: 3_000 })).status).toBe(200);
    }
    const all = {
      pinned: true,
      label: 'news',
      quotaBytes: 5_000_000,
      fetchRate: 2_000,
      serveRate: 3_000,
      blocked: false,
    };
    await restart();
    expect(await rulesOf(one)).toEqual({ swarmId: one, ...all });
    await put(`/v1/swarms/${one}/limits`, { fetchRate: 4_000 });
    expect(await rulesOf(one)).toMatchObject({ fetchRate: 4_000, serveRate: null });
    for (const part of ['pin', 'label', 'quota', 'limits'])
      expect((await admin.request('DELETE', `/v1/swarms/${one}/${part}`)).status).toBe(200);
    await restart();
    expect(await rulesOf(one)).toEqual({ swarmId: one, ...idle });
  });

  it.each([
    [`label`, { label: '' }, 'label'],
    [`label`, { label: '-a' }, 'label'],
    [`label`, { label: 'a'.repeat(limits.labelCharsMax + 1) }, 'label'],
    [`label`, { label: 'a', more: 1 }, 'more'],
    [`quota`, { bytes: 0 }, 'bytes'],
    [`quota`, { bytes: '1' }, 'bytes'],
    [`limits`, { fetchRate: limits.rateMin - 1 }, 'fetchRate'],
    [`limits`, { serveRate: limits.rateMax + 1 }, 'serveRate'],
    [`block`, {}, 'reason'],
    [`block`, { reason: ' ' }, 'reason'],
    [`block`, { reason: 'a\nb' }, 'reason'],
    [`block`, { reason: 'a'.repeat(limits.reasonCharsMax + 1) }, 'reason'],
  ])('is refused where %s is wrong (%#), and says what to write', async (path, body, key) => {
    const { status, json } = await put(`/v1/swarms/${one}/${path}`, body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ key, remedy: expect.any(String) }] });
  });

  it('pins no more than a part of the store, by what pinned swarms take once they are whole', async () => {
    const extents = Math.floor((pinnedShareMax * capacityBytes) / 69_632);
    await admin.peer.bench.store(one, 1, extents);
    await admin.peer.bench.store(other, 2);
    admin.peer.usage = { ...admin.peer.usage, capacityBytes };
    expect((await put(`/v1/swarms/${one}/pin`)).status).toBe(200);
    const { status, json } = await put(`/v1/swarms/${other}/pin`);
    expect(status).toBe(409);
    expect(json).toMatchObject({ code: 'PIN_LIMIT', detail: expect.stringContaining('unpin others') });
    expect(await rulesOf(other)).toMatchObject({ pinned: false });
    expect((await put(`/v1/swarms/${idOf('c')}/pin`)).status).toBe(200);
    await admin.request('DELETE', `/v1/swarms/${one}/pin`);
    expect((await put(`/v1/swarms/${other}/pin`)).status).toBe(200);
  });
});

describe('a block', () => {
  const block = (id: string, reason = 'a court says so') => put(`/v1/swarms/${id}/block`, { reason });
  const report = async (id: string) =>
    blockReportView.strict().parse((await admin.request('GET', `/v1/swarms/${id}/block`)).json);

  async function erased(id: string): Promise<void> {
    // Between two looks the event loop turns: the store's writer is in this thread.
    while ((await report(id)).state !== 'erased') await setImmediate();
  }

  it('tells the threads, leaves the trackers, erases, and proves by a look into the store that nothing is left', async () => {
    await admin.peer.bench.store(one, 3);
    await admin.peer.bench.store(other, 2);
    admin.registration.join(one, 'SEEDER');
    const { status, json } = await block(one);
    expect(status).toBe(200);
    const found = blockReportView.strict().parse(json);
    expect(found).toMatchObject({ swarmId: one, reason: 'a court says so', heldExtents: 3, erasedAt: null });
    expect(found.heldBytes).toBeGreaterThan(3 * 65_536);
    expect(admin.peer.bench.told[0]).toBe(`block ${one}`);
    expect(admin.registration.modes.size).toBe(0);
    await erased(one);
    const nothing = { record: false, extents: 0, hashBlocks: 0, memoryExtents: 0, leftovers: 0, open: false };
    expect(await report(one)).toMatchObject({ heldExtents: 3, erasedAt: expect.any(String), readBack: nothing });
    expect(admin.peer.bench.reader.swarms()).toHaveLength(1);
    expect(await admin.peer.bench.store(one, 1)).toBe(0);
  });

  it('waits for the bytes of no other swarm, be that purged or blocked', async () => {
    const { bench } = admin.peer;
    const third = idOf('c');
    for (const id of [other, one, third]) await bench.store(id, 2);
    bench.sweepsLeft = 0;
    await bench.desk.erase([other]);
    for (const id of [third, one]) {
      await block(id);
      while ((await report(id)).readBack?.leftovers !== 1) await setImmediate();
    }
    bench.sweepsLeft = 1;
    await bench.store(idOf('d'), 1);
    await erased(one);
    const mine = { record: false, extents: 0, hashBlocks: 0, memoryExtents: 0, leftovers: 0 };
    expect(await report(one)).toMatchObject({ readBack: { ...mine, otherLeftovers: 2 } });
    expect(await report(third)).toMatchObject({ state: 'erasing', readBack: { leftovers: 1, otherLeftovers: 1 } });
    bench.sweepsLeft = 2;
    await bench.store(idOf('d'), 2);
    await erased(third);
  });

  it('of what was purged before says that it is gone when it is, and not because nothing is held', async () => {
    const { bench } = admin.peer;
    await bench.store(one, 2);
    bench.sweepsLeft = 0;
    await bench.desk.erase([one]);
    await block(one);
    while ((await report(one)).readBack?.leftovers !== 1) await setImmediate();
    expect((await report(one)).state).toBe('erasing');
    bench.sweepsLeft = 1;
    await bench.store(other, 1);
    await erased(one);
  });

  it('is there after a restart, its erasure done or begun anew', async () => {
    await admin.peer.bench.store(one, 3);
    await block(one, 'first');
    await restart();
    await erased(one);
    expect(await report(one)).toMatchObject({ heldExtents: 3, reason: 'first' });
    await block(one, 'another');
    expect(await report(one)).toMatchObject({ heldExtents: 3, reason: 'another', state: 'erased' });
    expect((await put(`/v1/swarms/${one}/pin`)).json).toMatchObject({ code: 'SWARM_BLOCKED', status: 409 });
    const fetch = await admin.request('POST', '/v1/swarms', { body: { swarmId: one } });
    expect(fetch.json).toMatchObject({ code: 'SWARM_BLOCKED', status: 409 });
    expect((await admin.request('DELETE', `/v1/swarms/${one}/block`)).status).toBe(204);
    expect(await admin.peer.bench.store(one, 1)).toBe(1);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await admin.request(method, `/v1/swarms/${one}/block`)).json).toMatchObject({ code: 'BLOCK_NOT_FOUND' });
  });

  it('is listed, page by page', async () => {
    const ids = ['c', 'a', 'b'].map(idOf);
    for (const id of ids) await block(id);
    const page = async (query: string) =>
      blocksView.strict().parse((await admin.request('GET', `/v1/blocks${query}`)).json);
    const first = await page('?limit=2');
    expect(first).toMatchObject({ blocks: [{ swarmId: idOf('a') }, { swarmId: idOf('b') }], next: idOf('b') });
    expect(await page(`?limit=2&after=${idOf('b')}`)).toMatchObject({ blocks: [{ swarmId: idOf('c') }], next: null });
  });
});

it('is seen as a whole: what the cache holds, and what bounds it', async () => {
  await admin.peer.bench.store(one, 2);
  await put(`/v1/swarms/${one}/pin`);
  await put(`/v1/swarms/${other}/block`, { reason: 'a court says so' });
  await put('/v1/quotas/labels/news', { bytes: 9 });
  admin.peer.totals = { ...admin.peer.totals, hitBytes: 3, missBytes: 1 };
  const { json } = await admin.request('GET', '/v1/cache');
  expect(cacheView.strict().parse(json)).toMatchObject({
    ...{ pinnedBytes: 2 * 69_632 + 4_096, pinnedBytesMax: 2 ** 39, blockedSwarms: 1, rules: 2, byteHitRatio: 0.75 },
    quotas: [{ kind: 'label', name: 'news', bytes: 9, storedBytes: 0 }],
  });
});

describe('quotas', () => {
  it('of labels, trackers and swarms are listed with what is taken of them', async () => {
    await admin.peer.bench.store(one, 2);
    await put(`/v1/swarms/${one}/label`, { label: 'news' });
    await put(`/v1/swarms/${one}/quota`, { bytes: 1_000_000 });
    const tracker = 'http://t.example:80/ppstp?a=b';
    const given = await put(`/v1/quotas/trackers/${encodeURIComponent(tracker)}`, { bytes: 7 });
    // As GET /v1/trackers spells it: by another name no tracker would ever be bounded.
    const name = 'http://t.example/ppstp?a=b';
    expect(quotaView.strict().parse(given.json)).toEqual({ kind: 'tracker', name, bytes: 7, storedBytes: 0 });
    expect((await put('/v1/quotas/labels/news', { bytes: 2_000_000 })).status).toBe(200);
    await restart();
    const { json } = await admin.request('GET', '/v1/quotas');
    const { quotas } = quotasView.strict().parse(json);
    expect(quotas).toMatchObject([
      { kind: 'label', name: 'news', bytes: 2_000_000 },
      { kind: 'tracker', bytes: 7, storedBytes: 0 },
      { kind: 'swarm', name: one, bytes: 1_000_000 },
    ]);
    expect(quotas[0]?.storedBytes).toBeGreaterThan(2 * 65_536);
    expect(quotas[2]?.storedBytes).toBe(quotas[0]?.storedBytes);
    expect((await admin.request('DELETE', '/v1/quotas/labels/news')).status).toBe(204);
    expect((await admin.request('DELETE', `/v1/quotas/trackers/${encodeURIComponent(tracker)}`)).status).toBe(204);
    expect((await admin.request('GET', '/v1/quotas')).json).toMatchObject({ quotas: [{ kind: 'swarm' }] });
  });

  it.each([
    ...['labels/-', 'trackers/nowhere', `trackers/${encodeURIComponent(`http://t/${'a'.repeat(600)}`)}`],
    ...['http://user:secret@t/', 'ftp://t/'].map((name) => `trackers/${encodeURIComponent(name)}`),
  ])('of what is no name are refused (%#)', async (path) => {
    expect((await put(`/v1/quotas/${path}`, { bytes: 1 })).json).toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
