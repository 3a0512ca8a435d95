import { constantDelay, type LinkModel } from '@weir/datagram';
import { generated, publish } from './content';
import type { Peer } from './peer';
import { anyLink, eachSeed, expectThat } from './seeds';
import { World } from './world';

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('vanishing', 300_123), settings);
const { swarmId } = content.metadata;
const steady: Partial<LinkModel> = { delay: constantDelay(20_000), bytesPerSecond: 250_000, queueBytes: 50_000 };

interface Scene {
  readonly world: World;
  readonly seeders: readonly Peer[];
  readonly leecher: Peer;
}

async function scene(seed: number, link: Partial<LinkModel>, priorities: readonly number[]): Promise<Scene> {
  const world = new World({ seed, link });
  const seeders: Peer[] = [];
  for (const host of priorities.keys()) seeders.push((await world.peer(`10.9.0.${String(host + 1)}`)).seed(content));
  const leecher = await world.peer('10.2.0.1');
  const peers = seeders.map(({ address }, at) => ({ address, priority: priorities[at] ?? 1 }));
  return { world, seeders, leecher: leecher.fetch(content.metadata, peers) };
}

/** Runs until so many bytes are there. */
function runTo(world: World, leecher: Peer, bytes: number): void {
  expectThat(
    world.run(() => leecher.endpoint.counters.fetchedBytes >= bytes, 60),
    `${String(bytes)} bytes`,
  );
}

function expectDone(world: World, leecher: Peer, seconds: number): void {
  expectThat(
    world.run(() => leecher.complete(swarmId), seconds),
    `complete within ${String(seconds)} s`,
  );
  expectThat(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0, 'bytes are the same');
}

it.each([
  { name: 'of the same priority', priorities: [1, 1] },
  { name: 'of the next priority', priorities: [1, 2] },
])('a seeder vanishes, another $name goes on', async ({ priorities }) => {
  await eachSeed(20, async (seed) => {
    const { world, seeders, leecher } = await scene(
      seed,
      { ...steady, ...(seed % 2 === 0 ? {} : anyLink(seed)) },
      priorities,
    );
    runTo(world, leecher, (content.bytes.length * (seed % 10)) / 10);
    seeders[0]?.kill();
    expectDone(world, leecher, 20);
  });
});

it('peers of the next priority are left alone while the first do', async () => {
  const { world, seeders, leecher } = await scene(1, steady, [1, 2]);
  expectDone(world, leecher, 20);
  expect(seeders[1]?.heardFrom.size).toBe(0);
});

it('the only seeder vanishes and comes back: the transfer goes on within seconds', async () => {
  await eachSeed(20, async (seed) => {
    const { world, seeders, leecher } = await scene(seed, { ...steady, loss: seed % 2 === 0 ? 0 : 0.03 }, [1]);
    runTo(world, leecher, 50_000 + seed * 5_000);
    const [seeder] = seeders;
    seeder?.kill();
    world.run(() => false, seed * 3);
    expectThat(!leecher.complete(swarmId), 'it is not complete yet');
    const before = leecher.endpoint.counters.fetchedBytes;
    const again = (await world.peer('10.9.0.1')).seed(content);
    const goesOn = (): boolean => leecher.endpoint.counters.fetchedBytes > before;
    expectThat(world.run(goesOn, 36), 'goes on by itself');
    expectDone(world, leecher, 20);
    expectThat(again.endpoint.counters.servedBytes > 0, 'the second run served');
  });
});

it('the only seeder is gone, and another is named: the transfer goes on at once', async () => {
  await eachSeed(20, async (seed) => {
    const { world, seeders, leecher } = await scene(seed, steady, [1]);
    runTo(world, leecher, 50_000 + seed * 5_000);
    seeders[0]?.kill();
    expectThat(
      world.run(() => leecher.noticed('peers-wanted') > 0, 10),
      'more peers are wanted soon',
    );
    world.run(() => false, seed * 5);
    const other = (await world.peer('10.9.0.9')).seed(content);
    leecher.input({ kind: 'peers', swarmId, peers: [{ address: other.address, priority: 1 }] });
    expectDone(world, leecher, 5);
  });
});

it('a peer that is named again is called at once, however often it failed', async () => {
  const { world, seeders, leecher } = await scene(1, steady, [1]);
  runTo(world, leecher, 50_000);
  seeders[0]?.kill();
  world.run(() => false, 200);
  const again = (await world.peer('10.9.0.1')).seed(content);
  leecher.input({ kind: 'peers', swarmId, peers: [{ address: again.address, priority: 1 }] });
  // At worst its last opening was sent a moment before it came back, and the next one follows when that is given up.
  expectDone(world, leecher, 10);
});

it('a peer that restarts in the midst of it is noticed within seconds', async () => {
  await eachSeed(10, async (seed) => {
    const { world, seeders, leecher } = await scene(seed, steady, [1]);
    runTo(world, leecher, 50_000 + seed * 10_000);
    seeders[0]?.kill();
    (await world.peer('10.9.0.1')).seed(content);
    expectDone(world, leecher, 5);
  });
});

it('peers that have nothing do not keep those waiting that have it all', async () => {
  const world = new World({ seed: 1, link: steady });
  const empty: Peer[] = [];
  for (let host = 1; host <= 12; host++)
    empty.push((await world.peer(`10.8.0.${String(host)}`)).fetch(content.metadata, []));
  const seeder = (await world.peer('10.9.0.1')).seed(content);
  const leecher = await world.peer('10.2.0.1');
  const peers = [...empty, seeder].map(({ address }) => ({ address, priority: 1 }));
  leecher.fetch(content.metadata, peers);
  expectDone(world, leecher, 90);
});

it('a leecher that vanishes costs its seeder a few datagrams, and in the end no memory', async () => {
  const { world, seeders, leecher } = await scene(1, steady, [1]);
  runTo(world, leecher, 100_000);
  leecher.kill();
  const [seeder] = seeders;
  const before = seeder?.sentBytes ?? 0;
  world.run(() => false, 400);
  expect((seeder?.sentBytes ?? 0) - before).toBeLessThan(60_000);
  expect(seeder?.endpoint.channels.size).toBe(0);
});

it('a channel that is idle for an hour is there when it is needed', async () => {
  const world = new World({ seed: 1, link: steady });
  const one = (await world.peer('10.0.0.1')).seed(content);
  const other = await world.peer('10.0.0.2');
  other.fetch(content.metadata, [{ address: one.address, priority: 1 }]);
  expectDone(world, other, 20);
  world.run(() => false, 3_600);
  expect([...one.endpoint.channels.all()].map(({ phase }) => phase)).toEqual(['open']);
  expect(other.sentBytes).toBeLessThan(30_000);
});
