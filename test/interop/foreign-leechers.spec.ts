import { constantDelay, SimulatedLink, type LinkModel } from '@weir/datagram';
import { second, type Address } from '@weir/ppspp';
import { generated, publish } from '../sim/content';
import type { Peer } from '../sim/peer';
import { World } from '../sim/world';
import { sourceOf } from './conversation';
import { ForeignLeecher, libppspLeecher, libswiftLeecher, type ForeignChannel } from './foreign-leecher';

const settings = { hash: 'sha1', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('foreign-leechers', 300_000), settings);
const other = publish(generated('another-content', 70_000), settings);
const single = publish(generated('one-chunk', 700), settings);
const home: Address = { ip: '10.0.0.2', port: 4_000 };
const roundTrip = 100_000;

interface Scene {
  readonly world: World;
  readonly seeder: Peer;
  readonly leecher: ForeignLeecher;
}

/** A seeder of ours and a foreign leecher; links may differ by direction. */
async function scene(toLeecher: Partial<LinkModel> = {}, toSeeder: Partial<LinkModel> = {}, seed = 1): Promise<Scene> {
  const delay = constantDelay(roundTrip / 2);
  const links = { forth: new SimulatedLink({ delay, ...toLeecher }), back: new SimulatedLink({ delay, ...toSeeder }) };
  const world = new World({ seed, route: (from) => (from.ip === home.ip ? links.back : links.forth) });
  const seeder = (await world.peer('10.0.0.1')).seed(content).seed(other).seed(single);
  return { world, seeder, leecher: await new ForeignLeecher(world, home).open() };
}

function expectComplete(channel: ForeignChannel, { bytes }: { readonly bytes: Uint8Array }): void {
  expect(channel.complete).toBe(true);
  expect(Buffer.compare(channel.witness.bytes, bytes)).toBe(0);
}

const habitsOf = [
  { name: 'libswift', habits: libswiftLeecher },
  { name: 'libppsp', habits: libppspLeecher },
];

describe.each(habitsOf)('a leecher like $name', ({ habits }) => {
  it.each([
    { name: 'several extents', published: content },
    { name: 'two extents', published: other },
    { name: 'a single chunk', published: single },
  ])('gets $name, each chunk once and proven when it comes', async ({ published }) => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({ content: published, seeder: seeder.address, habits });
    world.run(() => channel.closed, 60);
    expectComplete(channel, published);
    expect(channel.witness.complaints).toEqual([]);
    expect(channel.witness.deliveries).toBe(published.content.record.chunkCount);
    expect(seeder.endpoint.counters.repeatedBytes).toBe(0);
  });

  it('meets a window that grows with its ACKs', async () => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({ content, seeder: seeder.address, habits: { ...habits, ahead: 512 } });
    const begin = world.now;
    world.run(() => channel.complete, 60);
    // Two segments a round trip would take 147 of them; doubling takes 8.
    expect(world.now - begin).toBeLessThan(20 * roundTrip);
  });

  it.each([1, 2, 3, 4, 5])('is served though its ACKs are lost, seed %i', async (seed) => {
    const { world, seeder, leecher } = await scene({}, { loss: 0.1 }, seed);
    const channel = leecher.fetch({
      content,
      seeder: seeder.address,
      habits: { ...habits, handshakesAt: [0, second] },
    });
    world.run(() => channel.complete, 300);
    expectComplete(channel, content);
    expect(channel.witness.complaints).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('is served though datagrams are lost and reordered both ways, seed %i', async (seed) => {
    const bad = { loss: 0.05, reordering: 0.05, reorderingMicros: 20_000 };
    const { world, seeder, leecher } = await scene(bad, bad, seed);
    const channel = leecher.fetch({
      content,
      seeder: seeder.address,
      habits: { ...habits, handshakesAt: [0, second] },
    });
    world.run(() => channel.complete, 120);
    expectComplete(channel, content);
  });
});

describe('HANDSHAKE', () => {
  const twice = { ...libswiftLeecher, handshakesAt: [0, 1.2 * second, 2.4 * second] };

  it('said again gets the same channel again', async () => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({ content: single, seeder: seeder.address, habits: { ...twice, ahead: 0 } });
    world.run(() => false, 5);
    expect(channel.seederIds).toHaveLength(3);
    expect(new Set(channel.seederIds).size).toBe(1);
    expect(seeder.endpoint.halfOpenSize).toBe(1);
  });

  it('said again reaches a peer whose answer was lost', async () => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({ content, seeder: seeder.address, habits: twice });
    leecher.deafUntil = world.now + second;
    world.run(() => channel.complete, 60);
    expectComplete(channel, content);
    const answers = leecher.heard.filter(({ bytes }) => bytes[4] === 0).map(({ bytes }) => sourceOf(bytes));
    expect(answers).toEqual([channel.seederIds[0], channel.seederIds[0]]);
  });

  it('of an older protocol, 34 bytes, is met with silence', async () => {
    const { world, seeder, leecher } = await scene();
    const { swarmId } = content.metadata;
    const wire = `00000000047fffffff${swarmId}0013a5a01f`;
    leecher.speak(seeder.address, new Uint8Array(Buffer.from(wire, 'hex')));
    world.run(() => false, 5);
    expect(wire).toHaveLength(2 * 34);
    expect(leecher.heard).toEqual([]);
    expect([...seeder.endpoint.counters.faults]).toEqual([['handshake-not-first', 1]]);
  });
});

it('serves several channels of one address, in one swarm and in two', async () => {
  const { world, seeder, leecher } = await scene();
  const fetches = [content, content, other].map((published) => ({
    content: published,
    seeder: seeder.address,
    habits: libswiftLeecher,
  }));
  const channels = fetches.map((fetch) => leecher.fetch(fetch));
  world.run(() => channels.every(({ closed }) => closed), 60);
  channels.forEach((channel, at) => {
    expectComplete(channel, fetches[at]?.content ?? content);
    expect(channel.witness.complaints).toEqual([]);
  });
  expect(new Set(channels.flatMap(({ seederIds }) => seederIds)).size).toBe(3);
});

describe('a leecher that goes without a word', () => {
  it('costs a few keepalives when it has everything', async () => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({
      content,
      seeder: seeder.address,
      habits: { ...libswiftLeecher, farewell: 'silence' },
    });
    world.run(() => channel.complete, 60);
    const before = leecher.heard.length;
    world.run(() => seeder.endpoint.channels.size === 0, 600);
    expect(seeder.endpoint.channels.size).toBe(0);
    expect(leecher.heard.slice(before).every(({ bytes }) => bytes.length === 4)).toBe(true);
    expect(leecher.heard.length - before).toBeLessThan(6);
  });

  it('is sent little more when it had asked for more', async () => {
    const { world, seeder, leecher } = await scene();
    const channel = leecher.fetch({ content, seeder: seeder.address, habits: libswiftLeecher });
    world.run(() => channel.witness.chunks.size > 50, 60);
    leecher.vanish();
    const { datagramsOut } = seeder.endpoint.counters;
    world.run(() => seeder.endpoint.channels.size === 0, 600);
    expect(seeder.endpoint.channels.size).toBe(0);
    // What slow start admits after 51 chunks, once; then a chunk and its hashes at each of six timeouts, and keepalives.
    expect(seeder.endpoint.counters.datagramsOut - datagramsOut).toBeLessThan(2 * 51 + 20);
  });
});
