import { constantDelay } from '@weir/datagram';
import {
  encodeDatagram,
  limits,
  ownSupportedMessages,
  type Address,
  type HandshakeMessage,
  type Message,
} from '@weir/ppspp';
import { generated, publish } from '../sim/content';
import type { Peer } from '../sim/peer';
import { World } from '../sim/world';
import { sourceOf } from './conversation';
import { ForeignSeeder, libppspSeeder, libswiftSeeder, type SeederHabits } from './foreign-seeder';
import { libswiftReads, optionsOf, strictlyReads } from './openings';
import { foreignDialect, Outsider } from './outsider';

const content = publish(generated('handshakes', 20_000), { hash: 'sha1', addressing: 'chunk32', chunkSize: 1024 });
const { swarmId } = content.metadata;
const home: Address = { ip: '10.0.0.1', port: 4_000 };

const full = [0, 1, 2, 3, 4, 6, 8, 9, 255];
const plain = [0, 1, 2, 3, 4, 6, 255];

/** Hears openings, and answers them with what it is told to. */
class Listener extends Outsider {
  answer: readonly Message[] = [];

  /** Sends any bytes. */
  speak(to: Address, bytes: Uint8Array): void {
    this.send(to, bytes);
  }

  protected receive(bytes: Uint8Array, from: Address): void {
    if (this.answer.length > 0) this.send(from, encodeDatagram(sourceOf(bytes), this.answer, foreignDialect));
  }
}

async function calling(): Promise<{ world: World; listener: Listener; leecher: Peer }> {
  const world = new World({ seed: 1, link: { delay: constantDelay(10_000) } });
  const listener = await new Listener(world, home).open();
  const leecher = await world.peer('10.0.0.2');
  return { world, listener, leecher };
}

async function fetching(habits: SeederHabits): Promise<{ world: World; seeder: ForeignSeeder; leecher: Peer }> {
  const world = new World({ seed: 1, link: { delay: constantDelay(10_000) } });
  const seeder = await new ForeignSeeder(world, home, { habits, contents: [content] }).open();
  const leecher = (await world.peer('10.0.0.2')).fetch(content.metadata, [{ address: home, priority: 1 }]);
  world.run(() => leecher.complete(swarmId), 60);
  return { world, seeder, leecher };
}

describe('an opening of ours', () => {
  it('names all options first, fewer next, in turn, and nothing after them', async () => {
    const { world, listener, leecher } = await calling();
    leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
    world.run(() => listener.heard.length === limits.handshakeTries, 60);
    const openings = listener.heard.map(({ bytes }) => bytes);
    expect(openings.map((opening) => optionsOf(opening).codes)).toEqual([full, plain, full, plain, full]);
    expect(openings.map((opening) => optionsOf(opening).rest)).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(openings.map((opening) => sourceOf(opening))).size).toBe(1);
  });

  it('is, byte for byte, what other peers send, but for the options they do not', async () => {
    const { world, listener, leecher } = await calling();
    leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
    world.run(() => listener.heard.length === 2, 60);
    const [first = '', again = ''] = listener.heard.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    const id = first.slice(10, 18);
    const common = `0000000000${id}00010101020014${swarmId}030104000602`;
    // RFC 7574 section 7.10: all messages of table 7 but 7, SIGNED_INTEGRITY; section 7.11: 1024.
    expect(first).toBe(`${common}0802fefc0900000400ff`);
    expect(again).toBe(`${common}ff`);
  });

  it('is given up when nobody answers, and said again later', async () => {
    const { world, listener, leecher } = await calling();
    leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
    world.run(() => listener.heard.length === limits.handshakeTries, 60);
    const firstId = sourceOf(listener.heard[0]?.bytes ?? new Uint8Array(9));
    world.run(() => listener.heard.length > limits.handshakeTries, 600);
    expect(sourceOf(listener.heard.at(-1)?.bytes ?? new Uint8Array(9))).not.toBe(firstId);
    expect(leecher.endpoint.channels.size).toBe(1);
  });
});

describe('a seeder', () => {
  it.each([
    { name: 'libswift', habits: { ...libswiftSeeder, reads: libswiftReads } },
    { name: 'libppsp', habits: libppspSeeder },
  ])('like $name reads our first opening', async ({ habits }) => {
    const { seeder, leecher } = await fetching(habits);
    expect(leecher.complete(swarmId)).toBe(true);
    expect(seeder.openings).toHaveLength(1);
  });

  it('that drops openings with options it does not know reads our second', async () => {
    const { seeder, leecher } = await fetching({ ...libswiftSeeder, reads: strictlyReads });
    expect(leecher.complete(swarmId)).toBe(true);
    expect(seeder.openings).toHaveLength(2);
    expect(Buffer.compare(leecher.bytesOf(content) ?? new Uint8Array(), content.bytes)).toBe(0);
  });

  it('that is in another swarm by its metadata, and closes, is left alone for a while', async () => {
    const { world, listener, leecher } = await calling();
    listener.answer = [{ type: 'handshake', channel: 0, options: {} }];
    leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
    world.run(() => listener.heard.length > 1, 2);
    expect(listener.heard).toHaveLength(1);
    expect(leecher.endpoint.channels.size).toBe(0);
  });

  it('that answers with another hash function is left alone for a while', async () => {
    const { world, listener, leecher } = await calling();
    const options = { version: 1, minimumVersion: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2 };
    listener.answer = [{ type: 'handshake', channel: 77, options }];
    leecher.fetch(content.metadata, [{ address: home, priority: 1 }]);
    world.run(() => listener.heard.length > 1, 2);
    expect(leecher.endpoint.channels.size).toBe(0);
  });
});

describe('our answer', () => {
  const opening: HandshakeMessage = {
    type: 'handshake',
    channel: 0x13a5a01f,
    options: {
      version: 1,
      minimumVersion: 1,
      swarmId: new Uint8Array(Buffer.from(swarmId, 'hex')),
      integrityMethod: 1,
      hashFunction: 0,
      chunkAddressing: 2,
    },
  };

  it.each([
    { name: 'neither option 8 nor 9', more: {}, codes: [0, 1, 3, 4, 6, 255] },
    { name: 'option 8', more: { supportedMessages: ownSupportedMessages }, codes: [0, 1, 2, 3, 4, 6, 8, 255] },
    { name: 'option 9', more: { chunkSize: 1_024 }, codes: [0, 1, 2, 3, 4, 6, 9, 255] },
    { name: 'both', more: { supportedMessages: ownSupportedMessages, chunkSize: 1_024 }, codes: full },
  ])('to an opening with $name has options $codes', async ({ more, codes }) => {
    const { world, listener, leecher: seeder } = await calling();
    seeder.seed(content);
    const wire = { ...opening, options: { ...opening.options, ...more } };
    listener.speak(seeder.address, encodeDatagram(0, [wire], foreignDialect));
    world.run(() => listener.heard.length > 0, 2);
    expect(optionsOf(listener.heard[0]?.bytes ?? new Uint8Array()).codes).toEqual(codes);
  });

  const head = '000000000013a5a01f';
  const swarm = `020014${swarmId}`;

  it.each([
    { name: 'none', wire: `${head}00010101${swarm}030104000602ff`, faults: [] },
    {
      name: 'a swarm we do not have',
      wire: `${head}00010101020014${'07'.repeat(20)}030104000602ff`,
      faults: ['swarm-other'],
    },
    { name: 'an empty swarm ID', wire: `${head}00010101020000030104000602ff`, faults: ['option-malformed'] },
    { name: 'no swarm ID', wire: `${head}00010101030104000602ff`, faults: ['swarm-missing'] },
    { name: 'another hash function', wire: `${head}00010101${swarm}030104020602ff`, faults: ['swarm-other'] },
    { name: 'another chunk addressing', wire: `${head}00010101${swarm}030104000604ff`, faults: ['chunk-addressing'] },
    { name: 'another chunk size', wire: `${head}00010101${swarm}0301040006020900000800ff`, faults: ['chunk-size'] },
    { name: 'another version', wire: `${head}00090109${swarm}030104000602ff`, faults: ['version'] },
    { name: 'no integrity protection', wire: `${head}00010101${swarm}030004000602ff`, faults: ['integrity-method'] },
  ])('is silence, and a fault, where an opening has one: $name', async ({ wire, faults }) => {
    const { world, listener, leecher: seeder } = await calling();
    seeder.seed(content);
    listener.speak(seeder.address, new Uint8Array(Buffer.from(wire, 'hex')));
    world.run(() => false, 2);
    expect([...seeder.endpoint.counters.faults.keys()]).toEqual(faults);
    expect(listener.heard).toHaveLength(faults.length === 0 ? 1 : 0);
  });
});
