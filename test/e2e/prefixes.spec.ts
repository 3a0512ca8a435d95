import { readFileSync } from 'node:fs';
import { publish } from '../sim/content';
import { Appliance } from './harness/appliance';
import { Caller } from './harness/caller';
import { startFetch, startSeeder } from './harness/peers';
import { Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

/** In no subscriber's prefix. */
const stranger = '127.9.0.1';

describe('who is no subscriber', () => {
  it('gets no answer at all', async () => {
    const { path } = stage.content('source', 200_000);
    const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;
    const { metadata } = publish(readFileSync(path), settings);
    const { swarmId } = metadata;
    const { address } = await startSeeder(stage, { path });
    const appliance = await Appliance.start(stage);
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
    await appliance.untilComplete(swarmId);

    const [refused, served] = await Promise.all([Caller.at(stage, stranger), Caller.at(stage, '127.1.0.1')]);
    // Who comes later is answered: then whoever came before would have been.
    for (let round = 1; round <= 3; round++) {
      refused.call(appliance.address, metadata);
      served.call(appliance.address, metadata);
      await untilTrue('the subscriber is answered', () => served.answers >= round);
    }
    const out = stage.path('out');
    const start = { swarmId, out, ip: stranger, peers: [appliance.address], timeoutSeconds: 1.5 };
    const { status, stderr } = await startFetch(stage, start).ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^weir: not complete after 1.5 s: no peer sent anything; .*\n$/);
    expect(refused.answers).toBe(0);
    expect(await appliance.metric('ppspp_faults_total', { fault: 'not-admitted' })).toBeGreaterThan(3);
    expect((await appliance.status()).cacheOutBytes).toBe(0);
  });

  it('is everyone while no prefix is configured: the appliance starts, and is not ready', async () => {
    const appliance = await Appliance.launch(stage, { subscribers: [] });
    await untilTrue('it lives', async () => (await appliance.request('GET', '/healthz')).status === 200);
    const answer = await appliance.request('GET', '/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/set the key subscribers/);
    const caller = await Caller.at(stage, '127.1.0.1');
    caller.call(appliance.address, {
      swarmId: '0'.repeat(64),
      hash: 'sha256',
      addressing: 'chunk32',
      chunkSize: 1_024,
    });
    const refusals = () => appliance.metric('ppspp_faults_total', { fault: 'not-admitted' });
    await untilTrue('it refused', async () => (await refusals()) > 0);
    expect(caller.answers).toBe(0);
  });
});
