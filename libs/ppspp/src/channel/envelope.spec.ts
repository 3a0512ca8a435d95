import * as fc from 'fast-check';
import { chunkAddressings } from '../addressing/method';
import { ChunkSet } from '../addressing/chunk-set';
import { decodeDatagram } from '../wire/decode';
import type { Dialect, Message } from '../wire/message';
import { limits } from '../limits';
import { Envelope } from './envelope';

const envelope = new Envelope();

function dialectOf(addressing: Dialect['addressing']): Dialect {
  return { addressing, hashBytes: 32, chunkSize: 1_024 };
}

function heard(messages: readonly Message[], dialect: Dialect): Message[] {
  return envelope.pack(7, messages, dialect).flatMap((bytes) => {
    const { messages: decoded, fault } = decodeDatagram(bytes, dialect);
    expect(fault).toBeUndefined();
    return decoded;
  });
}

const anyRange = fc
  .tuple(fc.nat(2 ** 31 - 1), fc.nat(100_000))
  .map(([first, more]) => ({ first, last: Math.min(first + more, 2 ** 31 - 1) }));

describe.each(chunkAddressings)('in %s', (addressing) => {
  it('tells exactly of the chunks that are meant, no more and no less', () => {
    fc.assert(
      fc.property(fc.constantFrom('have', 'request', 'cancel'), anyRange, (type, range) => {
        const told = new ChunkSet();
        for (const message of heard([{ type, range }], dialectOf(addressing))) {
          expect(message.type).toBe(type);
          if ('range' in message) told.add(message.range);
        }
        expect(told.runs()).toEqual([range]);
      }),
    );
  });

  it('gives every part of an ACK its delay', () => {
    const range = { first: 3, last: 70 };
    const acks = heard([{ type: 'ack', range, delay: 5n }], dialectOf(addressing));
    const told = new ChunkSet();
    for (const ack of acks) if (ack.type === 'ack' && ack.delay === 5n) told.add(ack.range);
    expect(told.runs()).toEqual([range]);
  });

  it('sends a chunk that no packet holds in a datagram of its own', () => {
    const dialect = { ...dialectOf(addressing), chunkSize: 8_192 };
    const bytes = new Uint8Array(8_192).fill(1);
    const data: Message = { type: 'data', range: { first: 5, last: 5 }, timestamp: 1n, bytes };
    const datagrams = envelope.pack(7, [{ type: 'choke' }, data, { type: 'unchoke' }], dialect);
    expect(datagrams.map(({ length }) => length > limits.datagramBytes)).toEqual([false, true, false]);
    expect(heard([data], dialect)).toEqual([data]);
  });
});
