import * as fc from 'fast-check';
import { published } from '../swarm/published.testing';
import { messageCodes } from '../wire/codes';
import { decodeDatagram } from '../wire/decode';
import { encodeDatagram } from '../wire/encode';
import type { HandshakeOptions, Message } from '../wire/message';
import { supportedMessagesOf } from '../wire/supported-messages';
import type { Address } from './address';
import { channelOf, messagesOf, opening, saying, testDialect, TestEndpoint, type Sent } from './endpoint.testing';

const home: Address = { ip: '192.0.2.1', port: 6778 };
const away: Address = { ip: '192.0.2.9', port: 6778 };
const content = published(70_000);
const { metadata } = content;

type Type = Message['type'];
const types: readonly Type[] = [
  ...(['handshake', 'data', 'ack', 'have', 'integrity', 'request', 'cancel', 'choke', 'unchoke'] as const),
  ...(['pex-request', 'pex-response-v4', 'pex-response-v6', 'pex-certificate'] as const),
];

function without(...left: readonly Type[]): Uint8Array {
  return supportedMessagesOf(types.filter((type) => !left.includes(type)).map((type) => messageCodes[type]));
}

function typesOf(sent: readonly Sent[]): Set<Type> {
  return new Set(messagesOf(sent).map(({ type }) => type));
}

/** A peer of a seeder, with what it was sent until its channel stands. */
function opened(supportedMessages: Uint8Array): { server: TestEndpoint; channel: number; sent: Sent[] } {
  const server = new TestEndpoint().seed(content);
  const sent = server.hear(away, opening(metadata, 5, { supportedMessages })).take();
  const channel = channelOf(sent);
  sent.push(...server.hear(away, saying(channel)).take());
  return { server, channel, sent };
}

const request: Message = { type: 'request', range: { first: 0, last: 9 } };

describe('RFC 7574 section 7.10: to a peer that left a message out of those it accepts', () => {
  it('a seeder says HAVE, INTEGRITY and DATA only where they are accepted', () => {
    const { server, channel, sent } = opened(without());
    sent.push(...server.hear(away, saying(channel, request)).take());
    expect(typesOf(sent)).toEqual(new Set(['handshake', 'have', 'integrity', 'data']));
  });

  it.each<Type>(['have', 'integrity', 'data'])('a seeder does not send %s, and goes on as it can', (type) => {
    const { server, channel, sent } = opened(without(type));
    sent.push(...server.hear(away, saying(channel, request)).take());
    const left = type === 'data' ? ['handshake', 'have'] : ['handshake', 'have', 'integrity', 'data'];
    expect(typesOf(sent)).toEqual(new Set(left.filter((one) => one !== type)));
  });

  it('nothing of it leaves, whatever there is to say', () => {
    const hash = new Uint8Array(32);
    const range = { first: 0, last: 0 };
    const everything: readonly Message[] = [
      { type: 'ack', range, delay: 1n },
      { type: 'have', range },
      { type: 'integrity', range, hash },
      { type: 'request', range },
      { type: 'cancel', range },
      { type: 'choke' },
      { type: 'unchoke' },
      { type: 'pex-request' },
      { type: 'pex-response-v4', ip: new Uint8Array(4), port: 1 },
      { type: 'pex-response-v6', ip: new Uint8Array(16), port: 1 },
      { type: 'pex-certificate', certificate: hash },
    ];
    fc.assert(
      fc.property(fc.subarray([...types]), (left) => {
        const { server, channel } = opened(without(...left));
        server.endpoint.channels.find(channel)?.tell(...everything);
        const sent = server.hear(away, saying(channel)).take();
        const accepted = everything.map(({ type }) => type).filter((type) => !left.includes(type));
        expect([...typesOf(sent)].sort()).toEqual(accepted.sort());
      }),
    );
  });

  it('a closing HANDSHAKE is said all the same', () => {
    const { server } = opened(new Uint8Array(0));
    const sent = server.endpoint.close(server.now).flatMap((effect) => (effect.kind === 'send' ? [effect] : []));
    expect(messagesOf(sent)).toEqual([{ type: 'handshake', channel: 0, options: {} }]);
  });
});

/** A leecher and a seeder whose answer says that it accepts something else; what the leecher sent, and how it got on. */
function fetching(answer: HandshakeOptions): { told: Set<Type>; leecher: TestEndpoint } {
  const seeder = new TestEndpoint().seed(content);
  const leecher = new TestEndpoint().fetch(metadata, home);
  const told = new Set<Type>();
  for (let turn = 0; turn < 300; turn++) {
    const said = leecher.wait(20_000);
    for (const type of typesOf(said)) told.add(type);
    for (const { bytes } of said) seeder.hear(away, bytes);
    for (const { bytes } of seeder.wait(20_000)) leecher.hear(home, changed(bytes, answer));
  }
  return { told, leecher };
}

function changed(bytes: Uint8Array, answer: HandshakeOptions): Uint8Array {
  const { channel, messages } = decodeDatagram(bytes, testDialect);
  const told = messages.map((message) =>
    message.type === 'handshake' && message.channel > 0
      ? { ...message, options: { ...message.options, ...answer } }
      : message,
  );
  return encodeDatagram(channel, told, testDialect);
}

it('a leecher acknowledges to whom accepts ACK', () => {
  const { told, leecher } = fetching({});
  expect([told.has('ack'), told.has('request'), leecher.written.size]).toEqual([true, true, 2]);
});

it('a leecher fetches without a single ACK what a seeder sends that accepts none', () => {
  const { told, leecher } = fetching({ supportedMessages: without('ack') });
  expect([told.has('ack'), told.has('request')]).toEqual([false, true]);
  // How much that is depends on the seeder: ours sends little to whom acknowledges nothing.
  expect(leecher.endpoint.counters.fetchedBytes).toBeGreaterThan(0);
});

it('a leecher asks nothing of a peer that accepts no REQUEST', () => {
  const { told, leecher } = fetching({ supportedMessages: without('request') });
  expect([told.has('request'), leecher.written.size]).toEqual([false, 0]);
});
