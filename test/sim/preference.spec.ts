import { constantDelay, SimulatedLink } from '@weir/datagram';
import type { Address, Candidate, Standing } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import type { Peer } from './peer';
import { eachSeed, expectThat } from './seeds';
import { World } from './world';

const parameters = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
const first = publish(generated('first', 600_123), parameters);
const second = publish(generated('second', 600_123), parameters);
const leecherIp = '10.2.0.1';

/** Seeders of both contents with uplinks of their own, and a leecher that prefers some of them. */
class Scene {
  readonly world: World;
  readonly seeders: Peer[] = [];
  private readonly uplinks = new Map<string, SimulatedLink>();

  constructor(seed: number) {
    const wide = new SimulatedLink({ delay: constantDelay(20_000) });
    this.world = new World({ seed, route: (from: Address) => this.uplinks.get(from.ip) ?? wide });
  }

  async seeder(ip: string, bytesPerSecond: number): Promise<Peer> {
    const link = { bytesPerSecond, queueBytes: 100_000, delay: constantDelay(20_000) };
    this.uplinks.set(ip, new SimulatedLink(link));
    const seeder = (await this.world.peer(ip)).seed(first).seed(second);
    this.seeders.push(seeder);
    return seeder;
  }

  leecher(standing?: (peer: Candidate) => Standing): Promise<Peer> {
    return this.world.peer(leecherIp, standing === undefined ? {} : { config: { standing } });
  }

  /** Fetches from all seeders, whom a tracker likes alike, or as they are listed. */
  fetch(leecher: Peer, { metadata }: Published, isAlike = false): void {
    leecher.fetch(
      metadata,
      this.seeders.map(({ address }, at) => ({ address, priority: isAlike ? 1 : 1 + at })),
    );
    const isComplete = (): boolean => leecher.complete(metadata.swarmId);
    expectThat(this.world.run(isComplete, 120), 'complete within two minutes');
  }
}

function servedBy({ endpoint }: Peer): number {
  return endpoint.counters.servedBytes;
}

it('asks the fast source first the next time, and the slow one not at all while it delivers', async () => {
  await eachSeed(5, async (seed) => {
    const scene = new Scene(seed);
    const slow = await scene.seeder('10.9.0.1', 8_000);
    const fast = await scene.seeder('10.9.0.2', 1_000_000);
    const leecher = await scene.leecher();
    scene.fetch(leecher, first, true);
    leecher.input({ kind: 'leave', swarmId: first.metadata.swarmId });
    expectThat(leecher.noticed('peer-measured') >= 2, 'both are measured');
    const before = { slow: servedBy(slow), fast: servedBy(fast) };
    scene.fetch(leecher, second);
    expectThat(servedBy(slow) === before.slow, 'the slow one is left alone, though its tracker likes it better');
    expectThat(servedBy(fast) > before.fast, 'the fast one serves');
  });
});

it('still asks the slow source when the fast one has gone', async () => {
  const scene = new Scene(1);
  const slow = await scene.seeder('10.9.0.1', 8_000);
  const fast = await scene.seeder('10.9.0.2', 1_000_000);
  const leecher = await scene.leecher();
  scene.fetch(leecher, first, true);
  leecher.input({ kind: 'leave', swarmId: first.metadata.swarmId });
  fast.kill();
  const before = servedBy(slow);
  scene.fetch(leecher, second);
  expect(servedBy(slow)).toBeGreaterThan(before + 600_000);
});

it('never sends anything to a peer that is forbidden, whatever a tracker thinks of it', async () => {
  await eachSeed(5, async (seed) => {
    const scene = new Scene(seed);
    const forbidden = await scene.seeder('10.66.0.1', 1_000_000);
    await scene.seeder('10.9.0.2', 100_000);
    const leecher = await scene.leecher(({ address }) => (address.ip.startsWith('10.66.') ? 'forbidden' : 'far'));
    scene.fetch(leecher, first);
    expectThat(leecher.sentTo.get(forbidden.address.ip) === undefined, 'it hears nothing');
    expectThat((leecher.endpoint.counters.refusedPeers.get('forbidden') ?? 0) > 0, 'it is counted');
  });
});

it('leaves far peers alone while a sibling delivers, and turns to them when it does not', async () => {
  const scene = new Scene(1);
  const far = await scene.seeder('10.9.0.1', 1_000_000);
  const sibling = await scene.seeder('10.7.0.1', 100_000);
  const leecher = await scene.leecher(({ address }) => (address.ip.startsWith('10.7.') ? 'sibling' : 'far'));
  scene.fetch(leecher, first);
  expect(leecher.sentTo.get(far.address.ip)).toBeUndefined();
  sibling.kill();
  scene.fetch(leecher, second);
  expect(servedBy(far)).toBeGreaterThan(0);
});
