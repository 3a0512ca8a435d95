import * as fc from 'fast-check';
import { initiatingOptions } from '../channel/handshake';
import { limits, second } from '../limits';
import { published } from '../swarm/published.testing';
import { anyMessages } from '../wire/messages.testing';
import { encodeDatagram } from '../wire/encode';
import type { HandshakeOptions } from '../wire/message';
import type { Address } from './address';
import { Bans } from './bans';
import {
  channelOf,
  Ledger,
  messagesOf,
  opening,
  saying,
  testDialect,
  TestEndpoint,
  type Sent,
} from './endpoint.testing';

const content = published(100_000);
const here: Address = { ip: '192.0.2.9', port: 9 };
const there: Address = { ip: '192.0.2.8', port: 8 };
const strangers: readonly Address[] = [1, 2, 3].map((host) => ({ ip: `198.51.100.${host}`, port: host }));

/** Bytes of a datagram, changed at some places, cut or lengthened. */
interface Change {
  readonly at: readonly number[];
  readonly to: number;
  readonly length: number;
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  at: fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }),
  to: fc.nat(255),
  length: fc.integer({ min: -20, max: 20 }),
});

function changed(bytes: Uint8Array, { at, to, length }: Change): Uint8Array {
  const copy = new Uint8Array(Math.max(0, bytes.length + length));
  copy.set(bytes.subarray(0, copy.length));
  for (const place of at) if (copy.length > 0) copy[place % copy.length] = to;
  return copy;
}

/** What anybody may send who knows no channel of ours. */
const anyDatagram: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.nat(3), anyMessages(testDialect))
    .map(([channel, messages]) => encodeDatagram(channel, messages, testDialect)),
  fc.nat(5).map((channel) => opening(content.metadata, channel)),
  fc.tuple(fc.nat(5), anyChange).map(([channel, change]) => changed(opening(content.metadata, channel), change)),
  anyOptions().map((options) => opening(content.metadata, 3, options)),
);

function anyOptions(): fc.Arbitrary<HandshakeOptions> {
  return fc.record(
    {
      minimumVersion: fc.nat(1),
      supportedMessages: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      chunkSize: fc.constant(1_024),
    },
    { requiredKeys: [] },
  );
}

const anyStep = fc.record({
  from: fc.constantFrom(...strangers),
  bytes: anyDatagram,
  pause: fc.constantFrom(0, 0, 1_000, second, 20 * second),
});

describe('who knows no channel of ours', () => {
  it.each([
    { name: 'a seeder', opensUnknown: false },
    { name: 'a cache', opensUnknown: true },
  ])('neither breaks $name, nor makes it hoard, nor has it send more than it heard', ({ opensUnknown }) => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const target = new TestEndpoint({ opensUnknown }).seed(content);
        const heard = new Ledger();
        const said = new Ledger();
        const check = (sent: readonly Sent[]): void => {
          for (const { to, bytes } of sent) said.add(to, bytes.length);
          for (const { to } of sent) expect(said.of(to)).toBeLessThanOrEqual(heard.of(to));
        };
        for (const { from, bytes, pause } of steps) {
          heard.add(from, bytes.length);
          check(target.hear(from, bytes).take());
          check(target.wait(pause));
          expect(target.endpoint.channels.size).toBeLessThanOrEqual(steps.length);
        }
        check(target.wait(100 * second));
        expect(target.endpoint.channels.size).toBe(0);
        expect(target.endpoint.swarms.size).toBe(1);
      }),
    );
  });

  it('gets no answer that is longer than what it sent, whichever options it leaves out', () => {
    const optional = ['minimumVersion', 'supportedMessages', 'chunkSize'];
    fc.assert(
      fc.property(fc.subarray(optional), fc.integer({ min: 1, max: 4 }), (left, bitmap) => {
        const target = new TestEndpoint().seed(content);
        target.take();
        const all = { ...initiatingOptions(content.metadata, true), supportedMessages: new Uint8Array(bitmap).fill(1) };
        const options: HandshakeOptions = Object.fromEntries(
          Object.entries(all).filter(([name]) => !left.includes(name)),
        );
        const bytes = encodeDatagram(0, [{ type: 'handshake', channel: 3, options }], testDialect);
        const sent = target.hear(here, bytes).take();
        expect(sent.length).toBe(1);
        expect(sent[0]?.bytes.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('gets nothing at all where it is not admitted', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        const target = new TestEndpoint({ opensUnknown: true, admit: () => 'refuse' }).seed(content);
        target.take();
        for (const { from, bytes, pause } of steps) expect(target.hear(from, bytes).wait(pause)).toEqual([]);
        expect(target.endpoint.channels.size).toBe(0);
      }),
    );
  });
});

describe('who has a channel', () => {
  const anyTalk = fc.array(fc.tuple(anyMessages(testDialect), fc.constantFrom(0, 1_000, second, 5 * second)), {
    maxLength: 40,
  });

  it('cannot break its peer, whatever it says', () => {
    fc.assert(
      fc.property(anyTalk, fc.array(anyChange, { maxLength: 10 }), (talk, changes) => {
        const target = new TestEndpoint().seed(content);
        const id = channelOf(target.hear(here, opening(content.metadata, 7)).take());
        target.hear(here, saying(id)).take();
        talk.forEach(([messages, pause], at) => {
          const bytes = encodeDatagram(id, messages, testDialect);
          const change = changes[at];
          target.hear(
            here,
            change === undefined ? bytes : changed(bytes, { ...change, at: change.at.map((place) => place + 4) }),
          );
          target.wait(pause);
          expect(target.endpoint.channels.size).toBeLessThanOrEqual(1);
        });
        target.wait(500 * second);
        expect(target.endpoint.channels.size).toBe(0);
      }),
    );
  });

  it('is left alone when several of its datagrams cannot be read, and not for one now and then', () => {
    const target = new TestEndpoint().seed(content);
    const id = channelOf(target.hear(here, opening(content.metadata, 7)).take());
    target.hear(here, saying(id)).take();
    const unreadable = Uint8Array.from([...saying(id), 200, 1, 2]);
    for (let count = 0; count < 3 * limits.malformedMax; count++) {
      target.hear(here, unreadable).wait(limits.malformedSpan);
      target.hear(here, saying(id)).take();
    }
    expect(target.endpoint.channels.size).toBe(1);
    for (let count = 0; count <= limits.malformedMax; count++) target.hear(here, unreadable).take();
    expect(target.endpoint.channels.size).toBe(0);
    expect(target.endpoint.counters.faults.get('malformed')).toBe(1);
    expect(target.hear(here, opening(content.metadata, 8)).take()).toEqual([]);
    expect(target.hear(there, opening(content.metadata, 8)).take()).toHaveLength(1);
  });

  it('gets what it asks for within the window alone, however often it asks and cancels', () => {
    const target = new TestEndpoint().seed(content);
    const id = channelOf(target.hear(here, opening(content.metadata, 7)).take());
    target.hear(here, saying(id)).take();
    const all = { first: 0, last: 97 };
    let bytes = 0;
    for (let time = 0; time < 1_000; time++) {
      target.hear(
        here,
        saying(id, { type: 'request', range: all }, { type: 'cancel', range: all }, { type: 'request', range: all }),
      );
      for (const sent of target.take()) bytes += sent.bytes.length;
    }
    expect(bytes).toBeLessThan(6_000);
  });
});

describe('who changes datagrams on their way', () => {
  it('cannot have anything stored that is not the content', () => {
    const anyTamper = fc.array(fc.option(anyChange, { nil: undefined, freq: 5 }), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(anyTamper, (changes) => {
        const seeder = new TestEndpoint().seed(content);
        const leecher = new TestEndpoint().fetch(content.metadata, there);
        const tamper = ({ bytes }: Sent, at: number): Uint8Array => {
          const change = changes[at % changes.length];
          return change === undefined ? bytes : changed(bytes, change);
        };
        let count = 0;
        for (let turn = 0; turn < 100; turn++) {
          for (const sent of leecher.wait(5_000)) seeder.hear(here, tamper(sent, count++));
          for (const sent of seeder.wait(5_000)) leecher.hear(there, tamper(sent, count++));
        }
        leecher.take();
        for (const [index, bytes] of leecher.written) {
          expect(Buffer.compare(bytes, content.extents[index]?.bytes ?? new Uint8Array())).toBe(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is needed for the transfer to fail', () => {
    const seeder = new TestEndpoint().seed(content);
    const leecher = new TestEndpoint().fetch(content.metadata, there);
    for (let turn = 0; turn < 100; turn++) {
      for (const { bytes } of leecher.wait(5_000)) seeder.hear(here, bytes);
      for (const { bytes } of seeder.wait(5_000)) leecher.hear(there, bytes);
    }
    expect(leecher.written.size).toBe(content.extents.length);
    expect(messagesOf(leecher.take())).toEqual([]);
  });
});

it('bans hold for their time, and for so many addresses', () => {
  const bans = new Bans();
  for (let port = 1; port <= limits.bannedMax + 1; port++) bans.add({ ip: '198.51.100.1', port }, 0);
  expect(bans.has({ ip: '198.51.100.1', port: 1 }, 1)).toBe(false);
  expect(bans.has({ ip: '198.51.100.1', port: 2 }, limits.ban - 1)).toBe(true);
  expect(bans.has({ ip: '198.51.100.1', port: 2 }, limits.ban)).toBe(false);
});
