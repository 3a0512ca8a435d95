import { constantDelay, type LinkModel } from '@weir/datagram';
import { second, type Address } from '@weir/ppspp';
import { generated, publish, type Published } from '../sim/content';
import type { Peer } from '../sim/peer';
import { World } from '../sim/world';
import { ForeignSeeder, libppspSeeder, libswiftSeeder, type SeederHabits } from './foreign-seeder';

const settings = { hash: 'sha1', addressing: 'chunk32', chunkSize: 1024 } as const;
const home: Address = { ip: '10.0.0.1', port: 4_000 };

function chunks(count: number, lastBytes = 1024): Published {
  return publish(generated('foreign-seeders', (count - 1) * 1024 + lastBytes), settings);
}

interface Scene {
  readonly world: World;
  readonly seeder: ForeignSeeder;
  readonly leecher: Peer;
}

async function scene(
  habits: SeederHabits,
  contents: readonly Published[],
  more: { readonly link?: Partial<LinkModel>; readonly seed?: number } = {},
): Promise<Scene> {
  const world = new World({ seed: more.seed ?? 1, link: { delay: constantDelay(10_000), ...more.link } });
  const seeder = await new ForeignSeeder(world, home, { habits, contents }).open();
  const leecher = await world.peer('10.0.0.2');
  for (const { metadata } of contents) leecher.fetch(metadata, [{ address: home, priority: 1 }]);
  return { world, seeder, leecher };
}

function expectComplete(leecher: Peer, content: Published): void {
  expect(leecher.complete(content.metadata.swarmId)).toBe(true);
  expect(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes)).toBe(0);
}

const counts = [2, 3, 8, 10, 63, 64, 65, 100, 128, 300];
const short = 300;

describe.each([
  {
    name: 'libswift',
    habits: libswiftSeeder,
    contents: [chunks(1), chunks(1, short), ...counts.flatMap((count) => [chunks(count), chunks(count, short)])],
  },
  // It cannot transfer a single chunk.
  {
    name: 'libppsp',
    habits: libppspSeeder,
    contents: counts.flatMap((count) => [chunks(count), chunks(count, short)]),
  },
])('a seeder like $name', ({ habits, contents }) => {
  it.each(contents.map((content) => ({ content, bytes: content.bytes.length })))(
    'serves us $bytes bytes',
    async ({ content }) => {
      const { world, seeder, leecher } = await scene(habits, [content]);
      world.run(() => leecher.complete(content.metadata.swarmId), 60);
      expectComplete(leecher, content);
      expect([...leecher.endpoint.counters.faults]).toEqual([]);
      expect(seeder.openings).toHaveLength(1);
      expect(seeder.channels[0]?.sent).toBe(content.content.record.chunkCount);
      expect(leecher.endpoint.swarms.find(content.metadata.swarmId)?.holdings.record()).toMatchObject({
        chunkCount: content.content.record.chunkCount,
        contentBytes: content.bytes.length,
        metadata: content.metadata,
      });
    },
  );

  it('gets one ACK for each chunk', async () => {
    const content = chunks(100);
    const { world, seeder, leecher } = await scene(habits, [content]);
    world.run(() => leecher.complete(content.metadata.swarmId), 60);
    world.run(() => false, 1);
    const acks = (seeder.channels[0]?.said ?? []).filter((message) => message.type === 'ack').map(({ range }) => range);
    expect(acks.filter(({ first, last }) => first !== last)).toEqual([]);
    expect(acks).toHaveLength(100);
  });

  it.each([1, 2, 3, 4, 5])('serves us though datagrams are lost and reordered, seed %i', async (seed) => {
    const content = chunks(300);
    const link = { loss: 0.03, reordering: 0.05, reorderingMicros: 5_000 };
    const { world, leecher } = await scene(habits, [content], { link, seed });
    world.run(() => leecher.complete(content.metadata.swarmId), 120);
    expectComplete(leecher, content);
  });

  it('is replaced when it goes without a word', async () => {
    const content = chunks(300);
    const { world, seeder, leecher } = await scene(habits, [content]);
    world.run(() => leecher.endpoint.counters.fetchedBytes > 50_000, 60);
    seeder.vanish();
    const second = { ip: '10.0.0.3', port: 4_000 };
    await new ForeignSeeder(world, second, { habits, contents: [content] }).open();
    leecher.input({ kind: 'peers', swarmId: content.metadata.swarmId, peers: [{ address: second, priority: 1 }] });
    world.run(() => leecher.complete(content.metadata.swarmId), 60);
    expectComplete(leecher, content);
    expect(leecher.endpoint.counters.fetchedBytes).toBe(content.bytes.length);
  });
});

it('serves us two contents from one address, as libswift can', async () => {
  const contents = [chunks(100), chunks(64, short)];
  const { world, leecher } = await scene(libswiftSeeder, contents);
  world.run(() => contents.every(({ metadata }) => leecher.complete(metadata.swarmId)), 60);
  for (const content of contents) expectComplete(leecher, content);
});

it('keeps a slow seeder going that forgets what it cannot send in time', async () => {
  const content = chunks(300);
  const perSecond = 20;
  const { world, seeder, leecher } = await scene({ ...libswiftSeeder, interval: second / perSecond }, [content]);
  const begin = world.now;
  world.run(() => leecher.complete(content.metadata.swarmId), 300);
  expectComplete(leecher, content);
  // Hardly a chunk twice, and hardly a moment without one to send.
  expect(seeder.channels[0]?.sent).toBeLessThanOrEqual(310);
  expect(world.now - begin).toBeLessThan((1.2 * second * 300) / perSecond);
});
