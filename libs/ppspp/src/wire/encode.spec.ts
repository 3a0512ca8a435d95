import fc from 'fast-check';
import { InvariantError } from '../errors';
import { decodeDatagram } from './decode';
import { DatagramWriter, encodeDatagram } from './encode';
import { messagesPerDatagramMax } from './limits';
import type { DataMessage, Dialect, Message } from './message';
import { anyDialect, anyMessages, defaultDialect } from './messages.testing';

const known: Dialect = { ...defaultDialect, chunkSize: 4 };
const have: Message = { type: 'have', range: { first: 1, last: 2 } };

function data(bytes: number, chunk = 0): DataMessage {
  return { type: 'data', range: { first: chunk, last: chunk }, timestamp: 1n, bytes: new Uint8Array(bytes).fill(7) };
}

function begun(bytesMax: number): DatagramWriter {
  const writer = new DatagramWriter(bytesMax);
  writer.begin(9);
  return writer;
}

it('leaves nothing half-written of what does not fit', () => {
  const writer = begun(4 + 9 + 8);
  expect([writer.add(have, known), writer.add(have, known)]).toEqual([true, false]);
  expect([writer.length, writer.messageCount]).toEqual([13, 1]);
  expect(writer.add({ type: 'choke' }, known)).toBe(true);
  expect(decodeDatagram(writer.finish(), known)).toEqual({ channel: 9, messages: [have, { type: 'choke' }] });
});

it('fills a datagram to its last byte', () => {
  expect([begun(13).add(have, known), begun(12).add(have, known)]).toEqual([true, false]);
});

it('begins anew in the same buffer, and gives copies', () => {
  const writer = begun(100);
  writer.add(data(3), known);
  const before = writer.finish();
  writer.begin(10);
  expect([writer.messageCount, writer.finish()]).toEqual([0, Uint8Array.of(0, 0, 0, 10)]);
  expect(writer.add(have, known)).toBe(true);
  expect(decodeDatagram(before, known)).toEqual({ channel: 9, messages: [data(3)] });
});

it('takes HANDSHAKE as the first message alone', () => {
  const handshake: Message = { type: 'handshake', channel: 1, options: {} };
  const writer = begun(100);
  expect([writer.add(handshake, known), writer.add(handshake, known)]).toEqual([true, false]);
});

it.each([
  ['a whole chunk of known size', 4, known, true],
  ['a short chunk', 3, known, false],
  ['a chunk of unknown size', 4, defaultDialect, false],
])('after %s lets another message follow only where the receiver can tell its end', (_, bytes, dialect, follows) => {
  const writer = begun(100);
  expect(writer.add(data(bytes), dialect)).toBe(true);
  expect(writer.add(data(4, 1), dialect)).toBe(follows);
});

it('stops at the number of messages that a receiver takes', () => {
  const writer = begun(2000);
  for (let count = 0; count < messagesPerDatagramMax; count++) expect(writer.add({ type: 'choke' }, known)).toBe(true);
  expect(writer.add({ type: 'choke' }, known)).toBe(false);
});

it.each<[string, Message]>([
  ['a DATA message without bytes', data(0)],
  ['a DATA message with more bytes than its chunk', data(5)],
  ['a chunk number wider than the dialect', { type: 'have', range: { first: 0, last: 2 ** 32 } }],
  ['a reversed range', { type: 'have', range: { first: 1, last: 0 } }],
  ['a hash of another function', { type: 'integrity', range: { first: 0, last: 0 }, hash: new Uint8Array(20) }],
  ['an address of another family', { type: 'pex-response-v4', ip: new Uint8Array(16), port: 1 }],
  ['an empty swarm ID', { type: 'handshake', channel: 1, options: { swarmId: new Uint8Array(0) } }],
  ['a discard window of no width', { type: 'handshake', channel: 1, options: { liveDiscardWindow: 1n } }],
])('states that we never send %s', (_, message) => {
  expect(() => encodeDatagram(1, [message], known)).toThrow(InvariantError);
});

it('splits any messages over datagrams that each decode', () => {
  const conversation = anyDialect.chain((dialect) => fc.tuple(fc.constant(dialect), anyMessages(dialect)));
  fc.assert(
    fc.property(conversation, ([dialect, messages]) => {
      const writer = begun(600);
      const datagrams: Uint8Array[] = [];
      for (const message of messages) {
        if (writer.add(message, dialect)) continue;
        datagrams.push(writer.finish());
        writer.begin(9);
        expect(writer.add(message, dialect)).toBe(true);
      }
      datagrams.push(writer.finish());
      const decoded = datagrams.map((datagram) => decodeDatagram(datagram, dialect));
      expect(decoded.flatMap((datagram) => datagram.messages)).toEqual(messages);
      expect(datagrams.every((datagram) => datagram.length <= 600)).toBe(true);
    }),
  );
});
