import { Appliance } from './harness/appliance';
import { completed, fetchFile, startFetch, startSeeder } from './harness/peers';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

describe('an appliance that starts again on the same store', () => {
  it('after kill -9 in the middle of a fetch serves nothing wrong, and the fetch goes on', async () => {
    const content = stage.content('source', 9_000_000);
    const tracker = await Tracker.start(stage);
    const { swarmId } = await startSeeder(stage, { path: content.path, trackers: [tracker.url] });
    const killed = await Appliance.start(stage, { trackers: [tracker.url] });
    const fetching = startFetch(stage, { swarmId, out: stage.path('first'), peers: [killed.address] });
    await untilTrue('some of it is stored', async () => (await killed.status()).storedBytes > 1_000_000);
    await killed.program.kill();

    const appliance = await killed.again();
    await completed(fetching);
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    expect(await appliance.metric('ppspp_corrupt_extents_total')).toBe(0);
  });

  it('killed again and again while it fetches ends with all of it, and serves it without any seeder', async () => {
    const content = stage.content('source', 6_000_000);
    const { swarmId, address, program } = await startSeeder(stage, { path: content.path });
    let appliance = await Appliance.start(stage);
    for (const megabytes of [1, 3]) {
      await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
      const isMore = async (): Promise<boolean> => (await appliance.status()).storedBytes > megabytes * 1e6;
      await untilTrue('more of it is stored', isMore, 30_000);
      await appliance.program.kill();
      appliance = await appliance.again();
    }
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
    await appliance.untilComplete(swarmId);
    await program.kill();
    await fetchFile(stage, { swarmId, out: stage.path('first'), peers: [appliance.address] });
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    expect(await appliance.metric('ppspp_corrupt_extents_total')).toBe(0);
    expect(await appliance.metric('store_starts_total', { after: 'killed' })).toBe(1);
  });

  it('after a clean stop announces what it has, and serves it without any seeder', async () => {
    const content = stage.content('source', 3_000_000);
    const tracker = await Tracker.start(stage);
    const seeder = await startSeeder(stage, { path: content.path });
    const stopped = await Appliance.start(stage, { trackers: [tracker.url] });
    const { swarmId } = seeder;
    await stopped.request('POST', '/v1/swarms', { swarmId, peers: [seeder.address] });
    await stopped.untilComplete(swarmId);
    await seeder.program.kill();
    stopped.program.signal('SIGTERM');
    expect(await stopped.program.ended).toMatchObject({ status: 0 });

    const appliance = await stopped.again();
    await untilTrue('the tracker lists it', async () => (await tracker.peers(swarmId)).includes(appliance.address));
    const summary = await fetchFile(stage, { swarmId, out: stage.path('first'), trackers: [tracker.url] });
    expect(Object.keys(summary.peers)).toEqual([appliance.address]);
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    expect(await appliance.status()).toMatchObject({ cacheInBytes: 0, byteHitRatio: 1 });
  });
});
