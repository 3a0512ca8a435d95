import { constantDelay } from '@weir/datagram';
import type { Address, Admission, Candidate, Standing } from '@weir/ppspp';
import { generated, publish } from './content';
import type { Peer } from './peer';
import { eachSeed, expectThat } from './seeds';
import { SimulatedStore } from './store';
import { World } from './world';

const content = publish(generated('guests', 400_123), { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 });
const { metadata } = content;
const { swarmId } = metadata;

/** Subscribers are in 10.2.0.0/16, appliances in 10.7.0.0/16, and everybody else is a stranger. */
function admit({ ip }: Address): Admission {
  if (ip.startsWith('10.2.')) return 'serve';
  return ip.startsWith('10.7.') ? 'share' : 'visit';
}

function standing({ address }: Candidate): Standing {
  if (address.ip.startsWith('10.2.')) return 'subscriber';
  return address.ip.startsWith('10.7.') ? 'sibling' : 'far';
}

/** Some of a content, as an earlier run left it. */
function storeOf(extents: number): SimulatedStore {
  const store = new SimulatedStore();
  const some = content.content.extents.slice(0, extents);
  for (const index of some) {
    const extent = content.extents.find((one) => one.index === index);
    if (extent !== undefined) store.keep(content.content.record, extent, content.content.blocks);
  }
  return store;
}

class Scene {
  readonly world: World;
  private readonly outside: Peer[] = [];

  constructor(seed: number) {
    this.world = new World({ seed, link: { delay: constantDelay(10_000) } });
    this.world.truth.learn(content);
  }

  async seeder(ip: string): Promise<Peer> {
    const seeder = (await this.world.peer(ip)).seed(content);
    this.outside.push(seeder);
    return seeder;
  }

  /** An appliance that a tracker tells of all seeders, and of `siblings`. */
  async appliance(ip: string, store: SimulatedStore, siblings: readonly string[] = []): Promise<Peer> {
    const config = { admit, standing, opensUnknown: true, fetchesFromCallers: false, servesCalled: false };
    const appliance = await this.world.peer(ip, { store, config });
    const before = this.world.onNotice;
    this.world.onNotice = (peer, notice) => {
      before(peer, notice);
      if (peer !== appliance || notice.type !== 'peers-wanted') return;
      const places = [...this.outside.map(({ address }) => address), ...siblings.map((at) => ({ ip: at, port: 6778 }))];
      const peers = places.map((address) => ({ address, priority: 1 }));
      this.world.after(20_000, () => void peer.input({ kind: 'peers', swarmId: notice.swarmId, peers }));
    };
    return appliance;
  }

  async reader(ip: string, from: Peer): Promise<Peer> {
    return (await this.world.peer(ip)).fetch(metadata, [{ address: from.address, priority: 1 }]);
  }

  completes(reader: Peer, seconds: number): boolean {
    return this.world.run(() => reader.complete(swarmId), seconds);
  }
}

const all = content.content.extents.length;

it('serves strangers what is complete, and counts it apart', async () => {
  await eachSeed(5, async (seed) => {
    const scene = new Scene(seed);
    const appliance = await scene.appliance('10.7.0.1', storeOf(all));
    const stranger = await scene.reader('10.3.0.1', appliance);
    expectThat(scene.completes(stranger, 30), 'the stranger is served');
    const { counters } = appliance.endpoint;
    expectThat(counters.guestBytes === content.bytes.length, `guests had ${String(counters.guestBytes)}`);
    expectThat(counters.servedBytes + counters.hitBytes + counters.missBytes === 0, 'no subscriber was served');
    expectThat(counters.servedDatagramBytes < 1_000, 'nor do its datagrams count as theirs');
    expectThat(appliance.noticed('swarm-wanted') + appliance.noticed('peers-wanted') === 0, 'nothing is wanted');
  });
});

it.each([0, all - 1])(
  'does not answer strangers of whose content it has %i extents, nor fetches it',
  async (extents) => {
    const scene = new Scene(1);
    const seeder = await scene.seeder('10.9.0.1');
    const appliance = await scene.appliance('10.7.0.1', storeOf(extents));
    const stranger = await scene.reader('10.3.0.1', appliance);
    expect(scene.completes(stranger, 60)).toBe(false);
    expect(appliance.sentTo.get('10.3.0.1')).toBeUndefined();
    expect(seeder.heardFrom.get('10.7.0.1')).toBeUndefined();
    expect(appliance.endpoint.counters.faults.get('not-admitted')).toBeGreaterThan(0);
    expect(appliance.noticed('swarm-wanted') + appliance.noticed('peers-wanted')).toBe(0);
  },
);

it('gives a sibling what is here, fetches nothing for it, and is left when it has all of that', async () => {
  const scene = new Scene(1);
  const seeder = await scene.seeder('10.9.0.1');
  const half = await scene.appliance('10.7.0.1', storeOf(3));
  const sibling = await scene.appliance('10.7.0.2', storeOf(0), ['10.7.0.1']);
  const subscriber = await scene.reader('10.2.0.1', sibling);
  expect(scene.completes(subscriber, 60)).toBe(true);
  expect(half.endpoint.counters.guestBytes).toBe(3 * 65_536);
  expect(half.endpoint.counters.fetchedBytes).toBe(0);
  expect(seeder.heardFrom.get('10.7.0.1')).toBeUndefined();
  expect(sibling.endpoint.counters.fetchedBytes).toBe(content.bytes.length);
});

it('siblings that have half of a content each do not keep one another busy when nobody else is there', async () => {
  const scene = new Scene(1);
  const one = await scene.appliance('10.7.0.1', storeOf(2), ['10.7.0.2']);
  const other = await scene.appliance('10.7.0.2', storeOf(2), ['10.7.0.1']);
  const subscribers = [await scene.reader('10.2.0.1', one), await scene.reader('10.2.0.2', other)];
  scene.world.run(() => false, 30);
  for (const subscriber of subscribers) subscriber.input({ kind: 'leave', swarmId });
  const areClosed = (): boolean => [one, other].every((peer) => peer.noticed('swarm-closed') > 0);
  expect(scene.world.run(areClosed, 120)).toBe(true);
});
