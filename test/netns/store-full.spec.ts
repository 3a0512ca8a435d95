import { appendFileSync, statfsSync } from 'node:fs';
import { shardOfSwarm } from '@weir/ppspp';
import { sha256Of } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { external, families, subscriber, type Family } from './lab/addresses';
import type { LabAppliance } from './lab/appliance';
import { checkGap } from './lab/checks';
import { Lab } from './lab/lab';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

/** Of the file system that the store has to itself. */
const storeMegabytes = 30;
const fillBytes = 65_536;
/** Part of it that stays free: below that the store would make way for whoever takes it. */
const reserve = 0.05;
/** The datapath threads of a lab's appliance. */
const shards = [0, 1] as const;

describeNamespaces('an appliance whose disk is full', () => {
  let lab: Lab;
  let appliance: LabAppliance;
  let lastPort = 7_000;
  beforeAll(async () => {
    lab = Lab.build();
    appliance = await lab.appliance({ storeMegabytes });
  });
  afterAll(() => lab.end());

  it('leaves what it cannot store to the origins, at the first attempt, and serves what it has', async () => {
    const held = await publish('held', 1);
    const fetchHeld = { swarmId: held.link, peers: [held.address] };
    await lab.fetch({ ...fetchHeld, subscriber: 1 });
    await untilTrue('it holds the content', async () => (await appliance.swarm(held.swarmId))?.complete === true);
    fill(appliance);

    // What it was asked for when it did not know yet: from memory. A thread learns it by a write that is refused, the others of it
    // within a second; here nobody waits for that.
    for (const shard of shards) {
      const begun = await publishOf(shard);
      const { file } = await lab.fetch({ subscriber: 2, swarmId: begun.link, peers: [begun.address] });
      expect(sha256Of(file)).toBe(begun.sha256);
    }
    await checkGap(lab);

    for (const family of families) {
      const other = await publish(`other-${family}`, 3, family);
      const fetched = await lab.fetch({ subscriber: 3, family, swarmId: other.link, peers: [other.address] });
      expect(sha256Of(fetched.file)).toBe(other.sha256);
      const way = { from: { ip: subscriber(3, family) }, to: { ip: external(3, family) } };
      expect(lab.arrivals.outside.packets('handshakes', way)).toBe(1);
    }
    await lab.fetch({ ...fetchHeld, subscriber: 4 });
    expect(lab.arrivals.outside.packets('datagrams', { from: { ip: subscriber(4) } })).toBe(0);
  });

  /** A content whose swarm belongs to a thread. */
  async function publishOf(shard: number) {
    for (;;) {
      const published = await publish(`begun-${++lastPort}`, 2, 4, lastPort);
      if (shardOfSwarm(published.swarmId, shards.length) === shard) return published;
      await published.program.kill();
    }
  }

  async function publish(name: string, number: number, family: Family = 4, port = 6_881) {
    const { path, sha256 } = lab.content(name, 1_000_000);
    return { ...(await lab.seeder({ path, external: number, family, port })), sha256 };
  }
});

/** Takes all that is left of the file system that an appliance has its store on, but for what a store leaves free itself. */
function fill({ program, storePath }: LabAppliance): void {
  const directory = `/proc/${program.pid}/root${storePath}`;
  for (let written = 0; written <= storeMegabytes * 2 ** 20; written += fillBytes) {
    const { bavail, blocks, bsize } = statfsSync(directory);
    if (bavail * bsize - fillBytes < blocks * bsize * reserve) return;
    appendFileSync(`${directory}/filler`, Buffer.alloc(fillBytes));
  }
  throw new TypeError('the file system has no end');
}
