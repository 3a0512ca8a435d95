import { constantDelay, SimulatedLink } from '@weir/datagram';
import type { Address, EndpointConfig } from '@weir/ppspp';
import { generated, publish } from './content';
import type { Peer, PeerOptions } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { SimulatedStore } from './store';
import { World } from './world';

const content = publish(generated('appliance', 300_123), { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 });
const { swarmId } = content.metadata;
const applianceIp = '10.1.0.1';

/** A cache between subscribers, in 10.2.0.0/16, and peers outside, in 10.9.0.0/16, who cannot be asked directly. */
class Pop {
  readonly world: World;
  readonly outside: Peer[] = [];
  private hosts = 0;

  constructor(seed: number, inside = {}) {
    const links = new Map<string, SimulatedLink>();
    const linkFor = (from: Address, to: Address): SimulatedLink => {
      const key = `${from.ip} ${to.ip}`;
      const isTransit = from.ip.startsWith('10.9.') || to.ip.startsWith('10.9.');
      const made = new SimulatedLink(
        isTransit ? { ...anyLink(seed), duplication: 0 } : { delay: constantDelay(2_000), ...inside },
      );
      const link = links.get(key) ?? made;
      links.set(key, link);
      return link;
    };
    this.world = new World({ seed, route: linkFor });
  }

  async seeders(count: number): Promise<this> {
    for (let host = 1; host <= count; host++)
      this.outside.push((await this.world.peer(`10.9.0.${String(host)}`)).seed(content));
    return this;
  }

  /** The cache: it serves subscribers alone, and learns of peers outside when it asks for them. */
  async appliance(options: PeerOptions = {}, more: Partial<EndpointConfig> = {}): Promise<Peer> {
    const config: Partial<EndpointConfig> = {
      opensUnknown: true,
      fetchesFromCallers: false,
      servesCalled: false,
      admit: ({ ip }) => (ip.startsWith('10.2.') ? 'serve' : 'refuse'),
      ...more,
    };
    const appliance = await this.world.peer(applianceIp, { ...options, config });
    this.world.onNotice = (peer, notice) => {
      if (!peer.alive || peer.address.ip !== applianceIp || notice.type !== 'peers-wanted') return;
      const peers = this.outside.map(({ address }) => ({ address, priority: 1 }));
      // A tracker takes its time to answer.
      this.world.after(50_000, () => void peer.input({ kind: 'peers', swarmId: notice.swarmId, peers }));
    };
    return appliance;
  }

  async subscriber(appliance: Peer): Promise<Peer> {
    const subscriber = await this.world.peer(`10.2.0.${String(++this.hosts)}`);
    return subscriber.fetch(content.metadata, [{ address: appliance.address, priority: 1 }]);
  }

  run(subscribers: readonly Peer[], seconds = 120): void {
    const areDone = (): boolean => subscribers.every((one) => one.complete(swarmId));
    expectThat(this.world.run(areDone, seconds), `complete within ${String(seconds)} s`);
    for (const subscriber of subscribers) {
      expectThat(
        Buffer.compare(subscriber.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0,
        'bytes are the same',
      );
    }
  }
}

it('tells of each subscriber and extent once, whatever is lost, fetched first or read again', async () => {
  await eachSeed(20, async (seed) => {
    const pop = await new Pop(seed, { loss: 0.02, duplication: 0.02 }).seeders(1);
    // Memory for less than two extents: each is read several times.
    const appliance = await pop.appliance({}, { cacheBytes: seed % 2 === 0 ? 100_000 : 2 ** 20 });
    const first = await pop.subscriber(appliance);
    pop.run([first]);
    const second = await pop.subscriber(appliance);
    pop.run([second]);
    const expected = [first, second].flatMap(({ address }) =>
      content.extents.map(({ index }) => `${address.ip} ${String(index)}`),
    );
    expect(appliance.uses.map(({ by, extent }) => `${by.ip} ${String(extent)}`).sort()).toEqual(expected.sort());
  });
});

it('fetches once what several subscribers want, each when it comes', async () => {
  await eachSeed(40, async (seed) => {
    const pop = await new Pop(seed).seeders(1 + (seed % 3));
    const appliance = await pop.appliance();
    const { counters } = appliance.endpoint;
    const subscribers: Peer[] = [];
    for (let count = 0; count < 4; count++) {
      subscribers.push(await pop.subscriber(appliance));
      pop.world.run(() => false, (seed * count) % 3);
    }
    pop.run(subscribers);
    expectThat(counters.fetchedBytes <= 1.02 * content.bytes.length, `fetched ${String(counters.fetchedBytes)}`);
    expectThat(counters.servedBytes === 4 * content.bytes.length, `served ${String(counters.servedBytes)}`);
    expectThat(counters.hitBytes + counters.missBytes === counters.servedBytes, 'each byte is a hit or a miss');
    expectThat(counters.missBytes === content.bytes.length, `missed ${String(counters.missBytes)}`);
  });
});

it('fetches nothing for a subscriber that comes when all is there', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const appliance = await pop.appliance();
    pop.run([await pop.subscriber(appliance)]);
    const { fetchedBytes, missBytes } = appliance.endpoint.counters;
    const sent = appliance.sentTo.get('10.9.0.1');
    for (const { address } of pop.outside) pop.world.peers.find((peer) => peer.address === address)?.kill();
    pop.run([await pop.subscriber(appliance)], 20);
    expectThat(appliance.endpoint.counters.fetchedBytes === fetchedBytes, 'no byte is fetched');
    expectThat(appliance.sentTo.get('10.9.0.1') === sent, 'nobody outside is asked');
    expectThat(appliance.endpoint.counters.missBytes === missBytes, 'all are hits');
  });
});

it('serves as fast as the inside is, once it has the content', async () => {
  const pop = await new Pop(1, { bytesPerSecond: 12.5e6, queueBytes: 200_000 }).seeders(1);
  const appliance = await pop.appliance();
  pop.run([await pop.subscriber(appliance)]);
  const subscriber = await pop.subscriber(appliance);
  expect(pop.world.run(() => subscriber.complete(swarmId), 1)).toBe(true);
});

it('waits for peers outside as long as it takes, and does not lose its subscriber', async () => {
  const pop = new Pop(1);
  const appliance = await pop.appliance();
  const subscriber = await pop.subscriber(appliance);
  pop.world.run(() => false, 100);
  expect(appliance.noticed('peers-wanted')).toBeGreaterThan(10);
  expect(appliance.noticed('peers-wanted')).toBeLessThan(25);
  expect(appliance.noticed('swarm-wanted')).toBe(1);
  await pop.seeders(1);
  pop.run([subscriber], 45);
});

it('collapses requests for one missing extent', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const store = new SimulatedStore();
    const appliance = await pop.appliance({ store }, { cacheBytes: 0 });
    pop.run([await pop.subscriber(appliance)]);
    const before = appliance.endpoint.counters.fetchedBytes;
    const subscribers: Peer[] = [];
    for (let count = 0; count < 3; count++) subscribers.push(await pop.subscriber(appliance));
    pop.world.run(
      () => subscribers.every(({ endpoint }) => [...endpoint.channels.all()].some(({ established }) => established)),
      5,
    );
    store.erase({ swarmId, index: 2 });
    appliance.input({ kind: 'extent-evicted', swarmId, extent: 2 });
    pop.run(subscribers);
    expectThat(appliance.endpoint.counters.fetchedBytes === before + 65_536, 'the extent is fetched once');
  });
});

it('restarted on its store, serves all of it without a fetch', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const first = await pop.appliance();
    pop.run([await pop.subscriber(first)]);
    first.kill();
    const { store } = first;
    const second = await pop.appliance({ store });
    pop.run([await pop.subscriber(second)], 20);
    expectThat(second.endpoint.counters.fetchedBytes === 0, 'nothing is fetched');
    expectThat(second.endpoint.counters.hitBytes === content.bytes.length, 'all are hits');
  });
});

it('restarted with half of a content, fetches the other half', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const first = await pop.appliance();
    const subscriber = await pop.subscriber(first);
    expectThat(
      pop.world.run(() => first.endpoint.counters.extentsWritten >= 2, 60),
      'two extents are stored',
    );
    first.kill();
    const had = first.store.bytesHeld(swarmId);
    const second = await pop.appliance({ store: first.store });
    pop.run([subscriber]);
    expectThat(second.endpoint.counters.fetchedBytes === content.bytes.length - had, 'fetches the rest and no more');
  });
});

it('serves all of a content that it completed over several runs', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const first = await pop.appliance();
    const subscriber = await pop.subscriber(first);
    pop.world.run(() => first.endpoint.counters.extentsWritten >= 1 + (seed % 4), 60);
    first.kill();
    const second = await pop.appliance({ store: first.store });
    pop.run([subscriber]);
    second.kill();
    for (const seeder of pop.outside) seeder.kill();
    const third = await pop.appliance({ store: first.store });
    pop.run([await pop.subscriber(third)], 20);
    expectThat(third.endpoint.counters.extentsCorrupt === 0, 'every stored extent can be proven');
    expectThat(third.endpoint.counters.hitBytes === content.bytes.length, 'all are hits');
  });
});

it('serves a swarm that nobody was in for long, and of which it has all, without a fetch', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const appliance = await pop.appliance();
    const first = await pop.subscriber(appliance);
    pop.run([first]);
    first.input({ kind: 'leave', swarmId });
    for (const seeder of pop.outside) seeder.kill();
    const isClosed = (): boolean => appliance.notices.some(({ type }) => type === 'swarm-closed');
    expectThat(pop.world.run(isClosed, 300), 'the swarm is closed');
    pop.run([await pop.subscriber(appliance)], 20);
    expectThat(appliance.endpoint.counters.fetchedBytes === content.bytes.length, 'nothing is fetched again');
  });
});

it('is missed by its subscribers little longer than it is away', async () => {
  await eachSeed(10, async (seed) => {
    const pop = await new Pop(seed).seeders(1);
    const first = await pop.appliance();
    const subscriber = await pop.subscriber(first);
    pop.world.run(() => subscriber.endpoint.counters.extentsWritten > 1, 60);
    first.kill();
    const second = await pop.appliance({ store: first.store });
    const isBack = (): boolean =>
      [...second.endpoint.channels.all()].some(({ established, serves }) => established && serves);
    expectThat(pop.world.run(isBack, 4), 'the subscriber is back within 4 s');
    pop.run([subscriber]);
  });
});

it('says nothing to whom it does not admit', async () => {
  const pop = await new Pop(1).seeders(1);
  const appliance = await pop.appliance();
  pop.run([await pop.subscriber(appliance)]);
  const stranger = await pop.world.peer('10.3.0.1');
  stranger.fetch(content.metadata, [{ address: appliance.address, priority: 1 }]);
  pop.world.run(() => false, 60);
  expect(appliance.sentTo.get('10.3.0.1')).toBeUndefined();
  expect(appliance.endpoint.counters.faults.get('not-admitted')).toBeGreaterThan(4);
});

it('does not serve the peers outside that it fetches from', async () => {
  const pop = await new Pop(1).seeders(1);
  const appliance = await pop.appliance();
  const store = new SimulatedStore();
  for (const extent of content.extents.slice(0, 2)) store.keep(content.content.record, extent, content.content.blocks);
  const half = await pop.world.peer('10.9.0.7', { store });
  half.fetch(content.metadata, []);
  pop.outside.push(half);
  pop.run([await pop.subscriber(appliance)]);
  pop.world.run(() => false, 10);
  expect(half.endpoint.counters.servedBytes).toBeGreaterThan(0);
  expect(half.endpoint.counters.fetchedBytes).toBe(0);
});
