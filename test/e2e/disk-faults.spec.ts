import { existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Appliance } from './harness/appliance';
import { fetchFile, startSeeder } from './harness/peers';
import { root, sha256Of, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(90_000);

/** Without it the platform ends a process that reads what a file has no more. */
const hasGuard = existsSync(join(root, 'libs/store/native/build/Release/weir_store.node'));

(hasGuard ? describe : describe.skip)('an appliance whose store is cut while it runs', () => {
  it('lives, says so, serves what it fetches anew, and comes back by itself', async () => {
    const content = stage.content('source', 4_000_000);
    const seeder = await startSeeder(stage, { path: content.path });
    const appliance = await Appliance.start(stage);
    const { swarmId } = seeder;
    await appliance.request('POST', '/v1/swarms', { swarmId, peers: [seeder.address] });
    await appliance.untilComplete(swarmId);

    const file = stage.path('store/data.mdb');
    truncateSync(file, Math.floor(statSync(file).size / 3));
    // Whoever comes upon it first: a read, or the scrub.
    const told = appliance.program.line('stdout', /the store is down: STORE_(?:UNREADABLE|CORRUPT)/);
    const fetching = fetchFile(stage, { swarmId, out: stage.path('out'), peers: [appliance.address, seeder.address] });
    await told;
    expect(sha256Of((await fetching).file)).toBe(content.sha256);
    await untilTrue('it is ready again', async () => (await appliance.request('GET', '/readyz')).ok, 30_000);
    expect(appliance.program.isRunning).toBe(true);
  });
});
