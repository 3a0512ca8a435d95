import { constantDelay } from '@weir/datagram';
import type { EndpointConfig } from '@weir/ppspp';
import { generated, publish } from './content';
import type { Peer } from './peer';
import { eachSeed, expectThat } from './seeds';
import { SimulatedStore } from './store';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('store-faults', 400_123), settings);
const { swarmId } = content.metadata;
const extentBytes = 65_536;

interface Scene {
  readonly world: World;
  readonly cache: Peer;
}

/** A seeder outside, and a cache with a store of ours. */
async function scene(seed: number, store: SimulatedStore, more: Partial<EndpointConfig> = {}): Promise<Scene> {
  const world = new World({
    seed,
    link: { delay: constantDelay(10_000), bytesPerSecond: 2e6, queueBytes: 100_000, loss: 0.005 },
  });
  const seeder = (await world.peer('10.9.0.1')).seed(content);
  const config = { opensUnknown: true, fetchesFromCallers: false, servesCalled: false, ...more };
  const cache = await world.peer('10.1.0.1', { config, store });
  world.onNotice = (peer, { type }) => {
    if (peer !== cache || type !== 'peers-wanted') return;
    cache.input({ kind: 'peers', swarmId, peers: [{ address: seeder.address, priority: 1 }] });
  };
  return { world, cache };
}

async function serve({ world, cache }: Scene, host: number, seconds = 60): Promise<void> {
  const subscriber = await world.peer(`10.2.0.${String(host)}`);
  subscriber.fetch(content.metadata, [{ address: cache.address, priority: 1 }]);
  expectThat(
    world.run(() => subscriber.complete(swarmId), seconds),
    `complete within ${String(seconds)} s`,
  );
  expectThat(
    Buffer.compare(subscriber.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0,
    'bytes are the same',
  );
  expectThat(subscriber.noticed('peer-lied') === 0, 'the subscriber trusts its cache');
}

function fullStore(): SimulatedStore {
  const store = new SimulatedStore();
  store.keepAll(content);
  return store;
}

it('what a store gives back wrong is never served, but erased and fetched again', async () => {
  await eachSeed(15, async (seed) => {
    const store = fullStore();
    const bad = [seed % 7, (seed * 3) % 7];
    for (const [at, index] of bad.entries()) store.corrupt(swarmId, index, (seed * 977 + at) % 6_000);
    const one = await scene(seed, store);
    await serve(one, 1);
    const { counters } = one.cache.endpoint;
    const corrupt = new Set(bad).size;
    expectThat(counters.extentsCorrupt === corrupt, `${String(counters.extentsCorrupt)} extents are corrupt`);
    expectThat(one.cache.noticed('extent-corrupt') === corrupt, 'each is told');
    expectThat(counters.fetchedBytes <= corrupt * extentBytes, `fetched ${String(counters.fetchedBytes)}`);
    expectThat(
      Buffer.compare(one.cache.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0,
      'the store is mended',
    );
    await serve(one, 2);
    expectThat(counters.fetchedBytes <= corrupt * extentBytes, 'the second subscriber causes no fetch');
  });
});

it('what nothing in a store proves any more is told, erased and fetched again', async () => {
  await eachSeed(5, async (seed) => {
    const store = fullStore();
    store.forgetBlocks(swarmId);
    const one = await scene(seed, store);
    await serve(one, 1);
    const { extentsCorrupt } = one.cache.endpoint.counters;
    expectThat(extentsCorrupt > 0, 'some extents cannot be proven');
    expectThat(one.cache.noticed('extent-corrupt') === extentsCorrupt, 'each is told');
    const { fetchedBytes } = one.cache.endpoint.counters;
    expectThat(fetchedBytes <= extentsCorrupt * extentBytes, `fetched ${String(fetchedBytes)}, and nothing else`);
  });
});

it('what a store has lost without a word is fetched again', async () => {
  await eachSeed(10, async (seed) => {
    const store = fullStore();
    const one = await scene(seed, store, { cacheBytes: 0 });
    await serve(one, 1);
    store.erase({ swarmId, index: seed % 7 });
    await serve(one, 2);
    expectThat(one.cache.endpoint.counters.fetchedBytes <= extentBytes, 'and nothing else');
  });
});

it.each([5_000, 200_000, 2_000_000])(
  'a store that takes %i microseconds to answer slows down, and no more',
  async (delay) => {
    await eachSeed(5, async (seed) => {
      const store = new SimulatedStore();
      store.delay = delay;
      const one = await scene(seed, store);
      await serve(one, 1, 120);
      await serve(one, 2, 120);
      const { fetchedBytes } = one.cache.endpoint.counters;
      expectThat(fetchedBytes === content.bytes.length, `fetched ${String(fetchedBytes)}`);
    });
  },
);

it.each([1, 2, 4])('a store for %i extents of seven still serves all of them', async (capacity) => {
  await eachSeed(8, async (seed) => {
    const store = new SimulatedStore();
    store.capacity = capacity;
    const one = await scene(seed, store, { cacheBytes: 2 * extentBytes });
    await serve(one, 1);
    const first = one.cache.endpoint.counters.fetchedBytes;
    // Each extent is fetched ahead, and again when it is asked for and gone.
    const most = (capacity === 1 ? 5 : 3) * content.bytes.length;
    expectThat(first <= most, `no fetching without end: ${String(first)} for one`);
    await serve(one, 2);
    const second = one.cache.endpoint.counters.fetchedBytes - first;
    expectThat(second <= most, `no fetching without end: ${String(second)} for the other`);
    // What was under way when the last chunk came may follow.
    one.world.run(() => false, 2);
    const before = one.cache.endpoint.counters.fetchedBytes;
    expectThat(before <= first + second + extentBytes, 'no more than was under way');
    one.world.run(() => false, 30);
    expectThat(one.cache.endpoint.counters.fetchedBytes === before, 'none when nobody asks');
  });
});

it('what a full store refuses is passed on from memory', async () => {
  await eachSeed(5, async (seed) => {
    const store = new SimulatedStore();
    store.refuses = true;
    const one = await scene(seed, store);
    await serve(one, 1);
    await serve(one, 2);
    const { counters } = one.cache.endpoint;
    expectThat(counters.extentsWritten === 0 && one.cache.noticed('swarm-complete') === 0, 'nothing is written');
    expectThat(counters.fetchedBytes === content.bytes.length, `fetched once: ${String(counters.fetchedBytes)}`);
  });
});

it('what was fetched ahead and is refused is passed on from memory, too', async () => {
  await eachSeed(5, async (seed) => {
    const store = new SimulatedStore();
    store.refuses = true;
    const one = await scene(seed, store);
    one.cache.fetch(content.metadata, []);
    one.world.run(() => one.cache.endpoint.counters.fetchedBytes >= content.bytes.length, 30);
    await serve(one, 1);
    const { fetchedBytes } = one.cache.endpoint.counters;
    expectThat(fetchedBytes === content.bytes.length, `fetched once: ${String(fetchedBytes)}`);
  });
});

it('what neither store nor memory holds is fetched for each', async () => {
  await eachSeed(5, async (seed) => {
    const store = new SimulatedStore();
    store.refuses = true;
    const one = await scene(seed, store, { cacheBytes: 4 * extentBytes });
    await serve(one, 1);
    await serve(one, 2);
    const { fetchedBytes } = one.cache.endpoint.counters;
    expectThat(fetchedBytes <= 5 * content.bytes.length, `no fetching without end: ${String(fetchedBytes)}`);
  });
});

it('a download to a store that is full does not go round in circles', async () => {
  const world = new World({ seed: 1 });
  const seeder = (await world.peer('10.9.0.1')).seed(content);
  const store = new SimulatedStore();
  store.refuses = true;
  const leecher = await world.peer('10.2.0.1', { store });
  leecher.fetch(content.metadata, [{ address: seeder.address, priority: 1 }]);
  world.run(() => false, 30);
  expect(leecher.complete(swarmId)).toBe(false);
  expect(leecher.endpoint.counters.fetchedBytes).toBe(content.bytes.length);
});
