import { constantDelay, type LinkModel } from '@weir/datagram';
import { chunkAddressings, type ChunkAddressing, type EndpointConfig } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import { eachSeed, expectThat } from './seeds';
import { SimulatedStore } from './store';
import { World } from './world';

const cacheConfig: Partial<EndpointConfig> = { opensUnknown: true, fetchesFromCallers: false, servesCalled: false };
const lossy: Partial<LinkModel> = { loss: 0.05, delay: constantDelay(10_000), reordering: 0.05, duplication: 0.02 };

function content(addressing: ChunkAddressing, size: number, chunkSize = 1_024): Published {
  const name = `${addressing}-${String(size)}-${String(chunkSize)}`;
  return publish(generated(name, size), { hash: 'sha256', addressing, chunkSize });
}

/** A seeder, and a leecher that passes on to another what it gets. */
async function passOn(published: Published, seed: number): Promise<void> {
  const { swarmId } = published.metadata;
  const world = new World({ seed, link: lossy });
  const seeder = (await world.peer('10.0.0.1')).seed(published);
  const first = (await world.peer('10.0.0.2')).fetch(published.metadata, [{ address: seeder.address, priority: 1 }]);
  const second = (await world.peer('10.0.0.3')).fetch(published.metadata, [{ address: first.address, priority: 1 }]);
  expectThat(
    world.run(() => first.complete(swarmId) && second.complete(swarmId), 90),
    'both complete',
  );
  for (const peer of [first, second]) {
    expectThat(Buffer.compare(peer.bytesOf(published) ?? new Uint8Array(), published.bytes) === 0, 'the same bytes');
    for (const fault of ['data-wrong', 'hash-wrong', 'range-not-a-node', 'range-without-chunk', 'truncated'] as const)
      expectThat((peer.endpoint.counters.faults.get(fault) ?? 0) === 0, `no ${fault}`);
  }
}

describe.each(chunkAddressings)('content addressed by %s', (addressing) => {
  it.each([
    { what: '1 byte', size: 1 },
    { what: '1 chunk', size: 1_024 },
    { what: '2 chunks, the last one short', size: 1_025 },
    { what: '64 chunks', size: 64 * 1_024 },
    { what: '128 chunks', size: 128 * 1_024 },
    { what: '107 chunks', size: 106 * 1_024 + 5 },
    { what: '323 chunks', size: 322 * 1_024 + 1_023 },
  ])('of $what goes from peer to peer', async ({ size }) => {
    const published = content(addressing, size);
    await eachSeed(2, (seed) => passOn(published, seed));
  });

  it.each([512, 777, 1_452, 4_096, 8_192, 65_000])('goes in chunks of %i bytes', async (chunkSize) => {
    const published = content(addressing, 70 * chunkSize + 3, chunkSize);
    await eachSeed(1, (seed) => passOn(published, seed));
  });

  it('goes through a cache, and comes out of its store after a restart', async () => {
    const published = content(addressing, 130 * 1_024 + 17);
    const { metadata } = published;
    await eachSeed(3, async (seed) => {
      const world = new World({ seed, link: lossy });
      const outside = (await world.peer('10.9.0.1')).seed(published);
      const store = new SimulatedStore();
      const cache = await world.peer('10.1.0.1', { store, config: cacheConfig });
      const peers = [{ address: outside.address, priority: 1 }];
      world.onNotice = (peer, { type }) => {
        if (type === 'peers-wanted' && peer === cache)
          world.after(1_000, () => void cache.input({ kind: 'peers', swarmId: metadata.swarmId, peers }));
      };
      const run = async (ip: string): Promise<void> => {
        const subscriber = await world.peer(ip);
        subscriber.fetch(metadata, [{ address: cache.address, priority: 1 }]);
        expectThat(
          world.run(() => subscriber.complete(metadata.swarmId), 60),
          `${ip} is complete`,
        );
        expectThat(Buffer.compare(subscriber.bytesOf(published) ?? new Uint8Array(), published.bytes) === 0, ip);
      };
      await run('10.2.0.1');
      for (const gone of [outside, cache]) gone.kill();
      await world.peer('10.1.0.1', { store, config: cacheConfig });
      await run('10.2.0.2');
    });
  });

  it('takes few ACKs: they cover what came together', async () => {
    const published = content(addressing, 640 * 1_024);
    const world = new World({ seed: 1, link: { delay: constantDelay(20_000) } });
    const seeder = (await world.peer('10.0.0.1')).seed(published);
    const leecher = await world.peer('10.0.0.2');
    leecher.fetch(published.metadata, [{ address: seeder.address, priority: 1 }]);
    expect(world.run(() => leecher.complete(published.metadata.swarmId), 30)).toBe(true);
    // An ACK for each chunk would be 13 to 25 bytes each, beside all else that a leecher says.
    expect(leecher.sentBytes).toBeLessThan(640 * 13);
  });
});
