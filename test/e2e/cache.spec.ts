import { Appliance } from './harness/appliance';
import { fetchFile, startSeeder } from './harness/peers';
import { applianceIp } from './harness/ports';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

describe('the appliance', () => {
  it('fetches once for all, and serves the next though the seeder is gone', async () => {
    const content = stage.content('source', 5_000_000);
    const tracker = await Tracker.start(stage, { superNodes: [applianceIp] });
    const trackers = [tracker.url];
    const seeder = await startSeeder(stage, { path: content.path, trackers });
    const appliance = await Appliance.start(stage, { trackers });
    const { swarmId } = seeder;
    const peers = [appliance.address];
    const firsts = ['127.1.0.1', '127.1.0.2'].map((ip) =>
      fetchFile(stage, { swarmId, out: stage.path(ip), ip, peers }),
    );
    for (const { file, peers: sources } of await Promise.all(firsts)) {
      expect(Object.keys(sources)).toEqual(peers);
      expect(sha256Of(file)).toBe(content.sha256);
    }
    const before = await appliance.status();
    expect(before.cacheInBytes / content.size).toBeCloseTo(1);
    await seeder.program.kill();

    const next = await fetchFile(stage, { swarmId, out: stage.path('next'), ip: '127.1.0.3', trackers });
    expect(Object.keys(next.peers)).toEqual(peers);
    expect(sha256Of(next.file)).toBe(content.sha256);
    const after = await appliance.status();
    expect(after.cacheInBytes).toBe(before.cacheInBytes);
    expect(after.missBytes).toBe(before.missBytes);
    expect(after.hitBytes - before.hitBytes).toBe(content.size);
    expect(after.cacheOutBytes / content.size).toBeCloseTo(3);
  });

  it('fetches ahead of demand when it is told to, and again after a purge', async () => {
    const content = stage.content('source', 3_000_000);
    const tracker = await Tracker.start(stage);
    const { swarmId } = await startSeeder(stage, { path: content.path, trackers: [tracker.url] });
    const appliance = await Appliance.start(stage, { trackers: [tracker.url] });
    expect((await appliance.request('POST', '/v1/swarms', { swarmId })).status).toBe(202);
    await appliance.untilComplete(swarmId);

    await fetchFile(stage, { swarmId, out: stage.path('first'), peers: [appliance.address] });
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    const served = await appliance.status();
    expect(served.byteHitRatio).toBe(1);
    expect(served.cacheInBytes / content.size).toBeCloseTo(1);
    expect(served.cacheOutBytes / content.size).toBeCloseTo(1);
    expect(served.storedBytes).toBeGreaterThanOrEqual(content.size);

    expect((await appliance.request('DELETE', `/v1/swarms/${swarmId}`)).status).toBe(204);
    expect(await appliance.swarm(swarmId)).toBeUndefined();

    await fetchFile(stage, { swarmId, out: stage.path('second'), peers: [appliance.address] });
    expect(sha256Of(stage.path('second'))).toBe(content.sha256);
    const { cacheInBytes, storedBytes } = await appliance.status();
    expect(cacheInBytes / content.size).toBeCloseTo(2);
    expect(storedBytes).toBeLessThan(1.5 * content.size);
  });

  it('has fewer bytes stored after a purge', async () => {
    const content = stage.content('source', 1_000_000);
    const { swarmId, address } = await startSeeder(stage, { path: content.path });
    const appliance = await Appliance.start(stage);
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [address] });
    await appliance.untilComplete(swarmId);
    await appliance.request('DELETE', `/v1/swarms/${swarmId}`);
    await untilTrue('nothing is stored', async () => (await appliance.status()).storedBytes === 0, 2_000);
  });

  it('passes content on that is larger than its store, and keeps within its capacity', async () => {
    const content = stage.content('source', 9_000_000);
    const tracker = await Tracker.start(stage);
    const { swarmId } = await startSeeder(stage, { path: content.path, trackers: [tracker.url] });
    const appliance = await Appliance.start(stage, { trackers: [tracker.url], capacity: '4MiB' });
    const fetching = fetchFile(stage, { swarmId, out: stage.path('first'), peers: [appliance.address] });
    const stored = await watched(fetching, async () => (await appliance.status()).storedBytes);
    expect(sha256Of(stage.path('first'))).toBe(content.sha256);
    expect(Math.max(...stored, (await appliance.status()).storedBytes)).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(Math.max(...stored)).toBeGreaterThan(2 ** 20);
  });
});

/** What is seen while something goes on, and when it is over. Rejects as it does. */
async function watched<Fact>(work: Promise<unknown>, look: () => Promise<Fact>): Promise<Fact[]> {
  const facts: Fact[] = [];
  const over = work.then(() => 'over' as const);
  while ((await Promise.race([over, look()])) !== 'over') facts.push(await look());
  return facts;
}
