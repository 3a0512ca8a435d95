import { constantDelay, type LinkModel } from '@weir/datagram';
import type { SwarmMetadata } from '@weir/ppspp';
import { generated, publish, type Published } from './content';
import type { Peer } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('transfer', 150_123), settings);
const large = publish(generated('transfer-large', 700_123), settings);

interface Pair {
  readonly world: World;
  readonly seeder: Peer;
  readonly leecher: Peer;
}

async function pair(published: Published, seed: number, link: Partial<LinkModel>): Promise<Pair> {
  const world = new World({ seed, link });
  const seeder = (await world.peer('10.0.0.1')).seed(published);
  const leecher = (await world.peer('10.0.0.2')).fetch(published.metadata, [{ address: seeder.address, priority: 1 }]);
  return { world, seeder, leecher };
}

function expectWhole(leecher: Peer, published: Published): void {
  expectThat(
    Buffer.compare(leecher.bytesOf(published) ?? new Uint8Array(), published.bytes) === 0,
    'bytes are the same',
  );
}

/** Runs a transfer to its end; tells how many seconds it took. */
async function transfer(
  published: Published,
  seed: number,
  link: Partial<LinkModel>,
): Promise<Pair & { seconds: number }> {
  const { world, seeder, leecher } = await pair(published, seed, link);
  const begin = world.now;
  expectThat(
    world.run(() => leecher.complete(published.metadata.swarmId), 120),
    'complete within two minutes',
  );
  expectWhole(leecher, published);
  return { world, seeder, leecher, seconds: (world.now - begin) / 1e6 };
}

it('one to one completes over any link', async () => {
  await eachSeed(120, async (seed) => {
    const { leecher } = await transfer(content, seed, anyLink(seed));
    expectThat(leecher.endpoint.counters.fetchedBytes === content.bytes.length, 'each chunk is counted once');
  });
});

const datagramsOfMtu = [512, 1024, 1300, 8192];
const shapes = datagramsOfMtu.flatMap((chunkSize) =>
  [1, 63, 64, 65, 128, 200].map((chunks): [number, number] => [chunkSize, chunks]),
);

it.each(shapes)('chunks of %i bytes, %i of them', async (chunkSize, chunks) => {
  const metadata: Omit<SwarmMetadata, 'swarmId'> = { hash: 'sha1', addressing: 'chunk64', chunkSize };
  for (const missing of [0, 1, chunkSize - 1]) {
    const published = publish(generated('shapes', chunkSize * chunks - missing), metadata);
    await transfer(published, chunks, { loss: 0.02 });
  }
});

it('a link of 10 Mbit/s is used, and little is sent twice though datagrams overtake one another', async () => {
  await eachSeed(10, async (seed) => {
    const link = { duplication: 0.01, reordering: 0.02, reorderingMicros: 20_000, delay: constantDelay(20_000) };
    const { seconds, leecher } = await transfer(large, seed, { ...link, bytesPerSecond: 1.25e6, queueBytes: 100_000 });
    expectThat(seconds < 4, `4 s, not ${String(seconds)}`);
    const { duplicateBytes } = leecher.endpoint.counters;
    expectThat(duplicateBytes < 0.04 * large.bytes.length, `${String(duplicateBytes)} bytes twice`);
  });
});

it('a fifth of all datagrams lost slows a transfer down and does not stop it', async () => {
  await eachSeed(10, async (seed) => {
    const { seconds } = await transfer(content, seed, { loss: 0.2, delay: constantDelay(20_000) });
    expectThat(seconds < 40, `40 s, not ${String(seconds)}`);
  });
});

it('one loss on the way of the opening costs seconds, whichever it is', async () => {
  for (let lost = 0; lost < 12; lost++) {
    let sent = 0;
    const dropOne = (bytes: Uint8Array): Uint8Array | undefined => (sent++ === lost ? undefined : bytes);
    const world = new World({ seed: lost + 1, link: { delay: constantDelay(20_000) } });
    const seeder = (await world.peer('10.0.0.1', { corrupt: dropOne })).seed(content);
    const leecher = await world.peer('10.0.0.2', { corrupt: dropOne });
    leecher.fetch(content.metadata, [{ address: seeder.address, priority: 1 }]);
    expect(world.run(() => leecher.complete(content.metadata.swarmId), 5)).toBe(true);
  }
});

it('several leechers help one another', async () => {
  await eachSeed(10, async (seed) => {
    const world = new World({
      seed,
      link: { delay: constantDelay(10_000), bytesPerSecond: 1e6, queueBytes: 60_000, loss: 0.01 },
    });
    const seeder = (await world.peer('10.0.0.1')).seed(content);
    const leechers = await Promise.all([2, 3, 4].map((host) => world.peer(`10.0.0.${String(host)}`)));
    const everyone = [seeder, ...leechers].map(({ address }) => ({ address, priority: 1 }));
    for (const leecher of leechers)
      leecher.fetch(
        content.metadata,
        everyone.filter(({ address }) => address !== leecher.address),
      );
    expectThat(
      world.run(() => leechers.every((one) => one.complete(content.metadata.swarmId)), 60),
      'all complete',
    );
    for (const leecher of leechers) expectWhole(leecher, content);
  });
});
