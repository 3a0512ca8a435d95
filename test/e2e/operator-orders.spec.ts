import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type JobView, jobView } from '@weir/admin';
import { z } from 'zod';
import { Appliance } from './harness/appliance';
import { startSeeder } from './harness/peers';
import { Stage } from './harness/stage';
import { eventually, untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

const token = 'a-secret-of-operators';
const problem = z.object({ code: z.string(), status: z.number(), detail: z.string() });

/** What one gets who says that he wants another host, or none. */
function askAs(appliance: Appliance, headers: Readonly<Record<string, string>>) {
  const [host, port] = appliance.admin.split(':');
  return new Promise<{ status: number | undefined; type: string | undefined; body: unknown }>((resolve, reject) => {
    const asking = request({ host, port, path: '/v1/cache', headers }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, type: answer.headers['content-type'], body: JSON.parse(text) });
      });
    });
    asking.on('error', reject).end();
  });
}

async function order(appliance: Appliance, body: unknown): Promise<JobView> {
  const answer = await appliance.request('POST', '/v1/jobs', body);
  expect(answer.status).toBe(202);
  return jobView.parse(await answer.json());
}

async function ended(appliance: Appliance, id: string): Promise<JobView> {
  return eventually(
    'the job has ended',
    async () => {
      const job = jobView.parse(await (await appliance.request('GET', `/v1/jobs/${id}`)).json());
      return ['done', 'failed', 'cancelled'].includes(job.state) ? job : undefined;
    },
    40_000,
  );
}

it('the admin API answers nobody without its token, nor by a name that is not ours', async () => {
  const file = stage.path('token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  const appliance = await Appliance.start(stage, { env: { WEIR_ADMIN_TOKEN_FILE: file } });
  const authorization = `Bearer ${token}`;
  expect((await askAs(appliance, { authorization })).status).toBe(200);
  for (const [headers, status, code] of [
    [{}, 401, 'TOKEN_REFUSED'],
    [{ authorization: `${authorization}s` }, 401, 'TOKEN_REFUSED'],
    [{ authorization, host: 'rebound.example' }, 421, 'HOST_REFUSED'],
  ] as const) {
    const answer = await askAs(appliance, headers);
    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
    expect(problem.parse(answer.body)).toMatchObject({ code, status });
  }
  expect((await appliance.request('GET', '/healthz')).status).toBe(200);
  const weir = ['cache', 'usage', '--admin', `http://${appliance.admin}`];
  expect(await stage.weir(weir).ended).toMatchObject({ status: 1, stderr: expect.stringContaining('token') });
  expect(await stage.weir([...weir, '--token-file', file]).ended).toMatchObject({ status: 0 });
});

it('a pre-fetch is given up at its deadline, and keeps what is here', async () => {
  const seeder = await startSeeder(stage, { path: stage.content('source', 12_000_000).path });
  const { swarmId, address } = seeder;
  const appliance = await Appliance.start(stage);
  const deadline = new Date(Date.now() + 4_000).toISOString();
  const order1 = { type: 'prefetch', swarm: { swarmId, peers: [address] }, rate: 400_000, deadline };
  const { id } = await order(appliance, order1);
  const job = await ended(appliance, id);
  expect(job).toMatchObject({ state: 'failed', error: { code: 'DEADLINE_PASSED' }, rate: 400_000, deadline });
  expect(Date.parse(job.ended ?? '')).toBeGreaterThanOrEqual(Date.parse(deadline));
  await untilTrue('something of it is stored', async () => ((await appliance.swarm(swarmId))?.storedBytes ?? 0) > 0);
  expect((await appliance.swarm(swarmId))?.complete).toBe(false);
  const late = { ...order1, deadline: new Date(Date.now() + 60_000).toISOString(), rate: undefined };
  await appliance.request('DELETE', `/v1/jobs/${(await order(appliance, late)).id}`);
});

it('a pin of a swarm that is not here holds once it comes, whatever comes after it', async () => {
  const appliance = await Appliance.start(stage, { capacity: '8MiB', env: { WEIR_CACHE_SWARM_SHARE: '1' } });
  const pinned = await startSeeder(stage, { path: stage.content('pinned', 1_500_000).path });
  expect((await appliance.request('PUT', `/v1/swarms/${pinned.swarmId}/pin`)).status).toBe(200);
  const pinnedBytes = async () =>
    z.object({ pinnedBytes: z.number() }).parse(await (await appliance.request('GET', '/v1/cache')).json()).pinnedBytes;
  expect(await pinnedBytes()).toBe(0);
  const { id } = await order(appliance, {
    type: 'prefetch',
    swarm: { swarmId: pinned.swarmId, peers: [pinned.address] },
  });
  expect(await ended(appliance, id)).toMatchObject({ state: 'done' });
  await appliance.untilComplete(pinned.swarmId);
  const other = await startSeeder(stage, { path: stage.content('other', 7_900_000).path, listen: '127.2.0.3:0' });
  await appliance.request('POST', '/v1/swarms', { swarmId: other.swarmId, peers: [other.address] });
  const evicted = (): Promise<number> => appliance.metric('store_evicted_extents_total');
  await untilTrue('more came than there is room for', async () => (await evicted()) > 0, 30_000);
  expect(await pinnedBytes()).toBeGreaterThan(1_500_000);
  expect(await appliance.swarm(pinned.swarmId)).toMatchObject({ complete: true });
});
