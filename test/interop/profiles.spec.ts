import { constantDelay, type LinkModel } from '@weir/datagram';
import { ownSupportedMessages, second, type Address } from '@weir/ppspp';
import { generated, publish } from '../sim/content';
import { eachSeed, expectThat } from '../sim/seeds';
import { World } from '../sim/world';
import { ForeignLeecher, libppspLeecher, libswiftLeecher, type LeecherHabits } from './foreign-leecher';
import { ForeignSeeder, libppspSeeder, libswiftSeeder, type SeederHabits } from './foreign-seeder';

const settings = { hash: 'sha1', addressing: 'chunk32', chunkSize: 1024 } as const;
const content = publish(generated('profiles', 300_123), settings);
const { swarmId } = content.metadata;
const home: Address = { ip: '10.0.0.1', port: 4_000 };
const links: readonly Partial<LinkModel>[] = [
  { delay: constantDelay(10_000) },
  { delay: constantDelay(30_000), loss: 0.02, reordering: 0.05, reorderingMicros: 20_000, duplication: 0.02 },
];

const allOptions = { supportedMessages: ownSupportedMessages, chunkSize: settings.chunkSize };

/** Puts an option that nobody has assigned, with a value of one byte, before the end of the list. */
function withUnknownOption(opening: Uint8Array): Uint8Array {
  return Uint8Array.from([...opening.subarray(0, -1), 200, 7, 255]);
}

const leechers: readonly { readonly name: string; readonly habits: Partial<LeecherHabits> }[] = [
  {
    name: 'leaves out the minimum version',
    habits: { options: { version: 1, integrityMethod: 1, hashFunction: 0, chunkAddressing: 2 } },
  },
  { name: 'leaves out all that has a default', habits: { options: { version: 1 } } },
  { name: 'sends options of which nobody knows', habits: { opens: withUnknownOption } },
  { name: 'sends every option', habits: { options: { ...libswiftLeecher.options, ...allOptions } } },
  { name: 'says HANDSHAKE twice at once', habits: { handshakesAt: [0, 0] } },
  { name: 'says HANDSHAKE again in the midst of it', habits: { handshakesAt: [0, second / 10, second] } },
  { name: 'acknowledges runs', habits: { acknowledges: 'in-runs' } },
  { name: 'says HAVE instead of ACK', habits: { acknowledges: 'with-have-alone' } },
  { name: 'acknowledges nothing', habits: { acknowledges: 'never' } },
  { name: 'asks for one chunk at a time', habits: { ahead: 1 } },
  { name: 'asks for everything at once', habits: { ahead: Number.POSITIVE_INFINITY } },
  { name: 'asks from the end', habits: { order: 'descending' } },
  { name: 'asks in its opening', habits: { asksAtOnce: true, ahead: 1_000 } },
  { name: 'cancels and asks again', habits: { cancels: true } },
  { name: 'asks for peers with each REQUEST', habits: { asksForPeers: true } },
  { name: 'keeps alive all the time', habits: { keepAlive: second / 20 } },
  { name: 'goes by silence', habits: { farewell: 'silence' } },
];

describe.each(leechers)('a leecher that $name', ({ habits }) => {
  it.each([
    { name: 'libswift', usual: libswiftLeecher },
    { name: 'libppsp', usual: libppspLeecher },
  ])('and is like $name gets everything', async ({ usual }) => {
    await eachSeed(4, async (seed) => {
      const world = new World({ seed, link: links[seed % 2] ?? {} });
      const seeder = (await world.peer('10.0.0.2')).seed(content);
      const leecher = await new ForeignLeecher(world, home).open();
      const again = seed % 2 === 0 ? [0] : [0, second, 2 * second];
      const told = { ...usual, handshakesAt: again, ...habits };
      const channel = leecher.fetch({ content, seeder: seeder.address, habits: told });
      expectThat(
        world.run(() => channel.complete, 300),
        `complete, ${String(channel.witness.chunks.size)} chunks are`,
      );
      expectThat(Buffer.compare(channel.witness.bytes, content.bytes) === 0, 'bytes are the same');
    });
  });
});

const seeders: readonly { readonly name: string; readonly habits: Partial<SeederHabits> }[] = [
  { name: 'leaves out what it may', habits: { options: { version: 1 } } },
  { name: 'sends every option', habits: { options: { ...libswiftSeeder.options, ...allOptions } } },
  { name: 'says its answer twice', habits: { greetings: 2 } },
  { name: 'answers from the end', habits: { order: 'descending', burst: 16, interval: second / 100 } },
  { name: 'sends hashes ahead', habits: { hashes: 'apart' } },
  { name: 'sends hashes with the chunk', habits: { hashes: 'with-data' } },
  { name: 'tells what it has little by little', habits: { offers: 'little-by-little' } },
  { name: 'asks for peers all the time', habits: { asksForPeers: true } },
  { name: 'keeps alive all the time', habits: { keepAlive: second / 20 } },
  { name: 'chokes now and then', habits: { chokesAfter: 60 } },
  { name: 'heeds CANCEL', habits: { heedsCancel: true } },
];

describe.each(seeders)('a seeder that $name', ({ habits }) => {
  it.each([
    { name: 'libswift', usual: libswiftSeeder },
    { name: 'libppsp', usual: libppspSeeder },
  ])('and is like $name serves us everything', async ({ usual }) => {
    await eachSeed(4, async (seed) => {
      const world = new World({ seed, link: links[seed % 2] ?? {} });
      await new ForeignSeeder(world, home, { habits: { ...usual, ...habits }, contents: [content] }).open();
      const leecher = await world.peer('10.0.0.2');
      leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
      expectThat(
        world.run(() => leecher.complete(swarmId), 120),
        `complete, ${String(leecher.endpoint.counters.fetchedBytes)} bytes are`,
      );
      expectThat(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes) === 0, 'the same bytes');
    });
  });
});
