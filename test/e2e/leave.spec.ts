import { Appliance } from './harness/appliance';
import { startFetch, startSeeder } from './harness/peers';
import { Relay } from './harness/relay';
import { Stage } from './harness/stage';
import { Tracker } from './harness/tracker';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

/** What a service manager may be asked to wait, with room to spare. */
const stopMillisMax = 5_000;

describe('an appliance that is told to stop', () => {
  it('leaves the tracker and ends, though a fetch is in progress', async () => {
    const content = stage.content('source', 2_000_000);
    const tracker = await Tracker.start(stage);
    const seeder = await startSeeder(stage, { path: content.path });
    const { swarmId } = seeder;
    const relay = await Relay.start(stage, '127.2.0.3', seeder.address, { passBytes: content.size / 2 });
    const appliance = await Appliance.start(stage, { trackers: [tracker.url] });
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [relay.address] });
    startFetch(stage, { swarmId, out: stage.path('out'), peers: [appliance.address] });
    await untilTrue('the subscriber is served, and more is wanted', async () => {
      const { cacheOutBytes } = await appliance.status();
      return cacheOutBytes > 0 && relay.isStuck;
    });
    expect(await tracker.peers(swarmId)).toEqual([appliance.address]);

    const told = performance.now();
    appliance.program.signal('SIGTERM');
    const { status, signal, stderr } = await appliance.program.ended;
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    expect(performance.now() - told).toBeLessThan(stopMillisMax);
    expect(await tracker.peers(swarmId)).toEqual([]);
    expect(await tracker.metric('ppstp_tracker_memberships')).toBe(0);
  });

  it('ends as soon without its tracker', async () => {
    const tracker = await Tracker.start(stage);
    const appliance = await Appliance.start(stage, { trackers: [tracker.url] });
    await tracker.program.kill();
    const told = performance.now();
    appliance.program.signal('SIGINT');
    expect(await appliance.program.ended).toMatchObject({ status: 0, signal: null });
    expect(performance.now() - told).toBeLessThan(stopMillisMax);
  });
});
