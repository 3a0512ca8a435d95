import { Appliance } from './harness/appliance';
import { addressOf, fetchFile, startSeeder } from './harness/peers';
import { Relay } from './harness/relay';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

/** Often enough to be found out, rarely enough to be believed first. */
const liesEvery = 50;

describe('a peer that lies, beside one that does not', () => {
  it('is dropped by a fetch', async () => {
    const content = stage.content('source', 3_000_000);
    const { swarmId, address } = await startSeeder(stage, { path: content.path });
    const liar = await Relay.start(stage, '127.2.0.66', address, { liesEvery });
    const out = stage.path('out');
    const { peers } = await fetchFile(stage, { swarmId, out, peers: [liar.address, address] });
    expect(sha256Of(out)).toBe(content.sha256);
    expect(liar.lies).toBeGreaterThan(0);
    expect(liar.passedBytes).toBeLessThan(content.size / 4);
    expect(peers[address]).toBeGreaterThan(content.size / 2);
  });

  it('is dropped by the appliance, and nothing it said is stored or served', async () => {
    const content = stage.content('source', 6_000_000);
    const tracker = await Tracker.start(stage);
    const trackers = [tracker.url];
    const honest = await startSeeder(stage, { path: content.path, trackers });
    const { swarmId } = honest;
    const liar = await Relay.start(stage, '127.2.0.66', honest.address, { liesEvery });
    await tracker.register(swarmId, 'SEEDER', addressOf(liar.address));
    const deceived = await Appliance.start(stage, { trackers });
    await fetchFile(stage, { swarmId, out: stage.path('first'), peers: [deceived.address] });
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    expect(liar.lies).toBeGreaterThan(0);
    expect(liar.passedBytes).toBeLessThan(content.size / 4);
    expect(await deceived.metric('ppspp_faults_total', { fault: 'data-wrong' })).toBeGreaterThan(0);
    await deceived.untilComplete(swarmId);

    await honest.program.kill();
    await deceived.program.kill();
    const appliance = await deceived.again();
    await fetchFile(stage, { swarmId, out: stage.path('second'), peers: [appliance.address] });
    expect(sha256Of(stage.path('second'))).toBe(content.sha256);
    expect((await appliance.status()).cacheInBytes).toBe(0);
    expect(await appliance.metric('ppspp_corrupt_extents_total')).toBe(0);
  });
});
