import { setTimeout as pause } from 'node:timers/promises';
import { blockReportView, jobView, type JobView, swarmRuleView } from '@weir/admin';
import { Appliance } from './harness/appliance';
import { startFetch, startSeeder } from './harness/peers';
import { Relay } from './harness/relay';
import { Stage, type ContentFile } from './harness/stage';
import { eventually, untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(120_000);

/** What a block promises: milliseconds until nothing more is served, and until all is erased and read back. */
const servedMillisMax = 1_000;
const erasedMillisMax = 60_000;

/** Datagrams longer than this carry content. */
const contentDatagramBytesMin = 1_024;

/** A relay calls from the loopback's own address. */
const subscribers = ['127.0.0.1/32', '127.1.0.0/16'];

const swarmIdOf = async (content: ContentFile) => {
  const seeder = await startSeeder(stage, { path: content.path });
  return { swarmId: seeder.swarmId, seeder };
};

async function order(appliance: Appliance, body: unknown): Promise<JobView> {
  const answer = await appliance.request('POST', '/v1/jobs', body);
  expect(answer.status).toBe(202);
  return jobView.parse(await answer.json());
}

async function show(appliance: Appliance, id: string): Promise<JobView> {
  return jobView.parse(await (await appliance.request('GET', `/v1/jobs/${id}`)).json());
}

async function weir(appliance: Appliance, ...args: string[]) {
  return stage.weir(['cache', ...args, '--admin', `http://${appliance.admin}`]).ended;
}

it('a block stops a transfer within a second, erases within a minute, and stands with all other rules after kill -9', async () => {
  const { swarmId, seeder } = await swarmIdOf(stage.content('source', 9_000_000));
  const env = { WEIR_UPLOAD_PEER_RATE_MAX: '500kB' };
  const killed = await Appliance.start(stage, { subscribers, env });
  const { id } = await order(killed, { type: 'prefetch', swarm: { swarmId, peers: [seeder.address] } });
  await killed.untilComplete(swarmId);
  await untilTrue('the job is done', async () => (await show(killed, id)).state === 'done');
  await seeder.program.kill();
  let lastContentAt = 0;
  const onPass = (bytes: Buffer): void => {
    if (bytes.length > contentDatagramBytesMin) lastContentAt = performance.now();
  };
  const relay = await Relay.start(stage, '127.1.0.9', killed.address, { onPass });
  startFetch(stage, { swarmId, out: stage.path('first'), peers: [relay.address], timeoutSeconds: 100 });
  await untilTrue('the transfer is under way', () => relay.passedBytes > 500_000);

  const blockedAt = performance.now();
  const answer = await killed.request('PUT', `/v1/swarms/${swarmId}/block`, { reason: 'a court says so' });
  expect(answer.status).toBe(200);
  const report = async (appliance: Appliance) =>
    blockReportView.parse(await (await appliance.request('GET', `/v1/swarms/${swarmId}/block`)).json());
  const isErased = async () => ((await report(killed)).state === 'erased' ? true : undefined);
  await eventually('it is erased', isErased, erasedMillisMax);
  expect(performance.now() - blockedAt).toBeLessThan(erasedMillisMax);
  await pause(Math.max(0, blockedAt + 3 * servedMillisMax - performance.now()));
  expect(lastContentAt).toBeGreaterThan(0);
  expect(lastContentAt - blockedAt).toBeLessThan(servedMillisMax);
  const nothing = { record: false, extents: 0, hashBlocks: 0, memoryExtents: 0, leftovers: 0, open: false };
  expect(await report(killed)).toMatchObject({ readBack: nothing, reason: 'a court says so' });
  expect((await report(killed)).heldBytes).toBeGreaterThan(9_000_000);

  const other = 'ab'.repeat(32);
  expect((await weir(killed, 'pin', other)).status).toBe(0);
  expect((await weir(killed, 'quota', '5GB', '--swarm', other)).status).toBe(0);
  await killed.program.kill();
  const appliance = await killed.again();
  expect(await report(appliance)).toMatchObject({ state: 'erased', readBack: nothing });
  const rules = swarmRuleView.parse(await (await appliance.request('GET', `/v1/swarms/${other}/rules`)).json());
  expect(rules).toMatchObject({ pinned: true, quotaBytes: 5_000_000_000 });
  const before = relay.passedBytes;
  const again = startFetch(stage, { swarmId, out: stage.path('second'), peers: [relay.address], timeoutSeconds: 3 });
  expect((await again.ended).status).toBe(1);
  expect(relay.passedBytes).toBe(before);
});

it('a pre-fetch keeps to its rate, goes on after kill -9, can be cancelled; a purge removes what has its label', async () => {
  const rate = 300_000;
  const { swarmId, seeder } = await swarmIdOf(stage.content('source', 12_000_000));
  const killed = await Appliance.start(stage);
  const { id } = await order(killed, { type: 'prefetch', swarm: { swarmId, peers: [seeder.address] }, rate });
  const fetched = async (appliance: Appliance) => (await appliance.swarm(swarmId))?.extentsHeld ?? 0;
  await untilTrue('it has begun', async () => (await fetched(killed)) > 3);
  await killed.program.kill();
  const appliance = await killed.again();
  const began = performance.now();
  await untilTrue('it goes on', async () => (await appliance.status()).cacheInBytes > 5 * rate, 30_000);
  const seconds = (performance.now() - began) / 1_000;
  const { cacheInBytes } = await appliance.status();
  // What was asked for before the limit was known to the thread, and a second's worth, may be above it.
  expect(cacheInBytes).toBeLessThan(rate * (seconds + 3));
  expect(await show(appliance, id)).toMatchObject({ state: 'running', rate });

  const cancelled = await weir(appliance, 'cancel', id);
  expect(cancelled).toMatchObject({ status: 0 });
  expect(await show(appliance, id)).toMatchObject({ state: 'cancelled' });
  await untilTrue('nothing is fetched any more', async () => {
    const { cacheInBytes: then } = await appliance.status();
    await pause(1_500);
    return (await appliance.status()).cacheInBytes === then;
  });
  expect((await appliance.swarm(swarmId))?.complete).toBe(false);

  expect((await weir(appliance, 'label', swarmId, 'news')).status).toBe(0);
  const purge = await weir(appliance, 'purge', '--label', 'news', '--wait');
  expect(purge).toMatchObject({ status: 0, stdout: expect.stringContaining('done') });
  expect(await appliance.swarm(swarmId)).toBeUndefined();
});
