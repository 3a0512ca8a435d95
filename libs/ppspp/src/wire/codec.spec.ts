import fc from 'fast-check';
import type { ChunkAddressing } from '../addressing/method';
import { decodeDatagram, decodeHandshake, peekChannel } from './decode';
import { encodeDatagram } from './encode';
import { messagesPerDatagramMax } from './limits';
import type { Dialect, Message, WireFault } from './message';
import { anyData, anyDialect, anyHandshake, anyMessages, anySmallMessage, defaultDialect } from './messages.testing';

const first = { first: 0, last: 0 };
/** The root hash of RFC 7574 section 8.16, of which the figure leaves out the middle. */
const exampleSwarmId = '47a013e6 000000000000000000000000 86aab03b';

const vectors: { name: string; wire: string; channel: number; messages: Message[]; dialect?: Dialect }[] = [
  {
    name: 'initiating HANDSHAKE, RFC 7574 section 8.16',
    wire: `00000000 00 00000001 0001 0101 02 0014 ${exampleSwarmId} 0301 0402 0602 09 00000400 ff`,
    channel: 0,
    messages: [
      {
        type: 'handshake',
        channel: 1,
        options: {
          version: 1,
          minimumVersion: 1,
          swarmId: hex(exampleSwarmId),
          integrityMethod: 1,
          hashFunction: 2,
          chunkAddressing: 2,
          chunkSize: 1024,
        },
      },
    ],
  },
  {
    name: 'answering HANDSHAKE and HAVE, RFC 7574 section 8.16',
    wire: '00000001 00 00000008 0001 0301 0402 0602 09 00000400 ff 03 00000000 00000000',
    channel: 1,
    messages: [
      {
        type: 'handshake',
        channel: 8,
        options: { version: 1, integrityMethod: 1, hashFunction: 2, chunkAddressing: 2, chunkSize: 1024 },
      },
      { type: 'have', range: first },
    ],
  },
  {
    name: 'REQUEST and PEX_REQ, RFC 7574 section 8.16',
    wire: '00000008 08 00000000 00000000 06',
    channel: 8,
    messages: [{ type: 'request', range: first }, { type: 'pex-request' }],
  },
  {
    name: 'DATA, RFC 7574 section 8.16',
    wire: '00000001 01 00000000 00000000 0004e94180b7db44 48656c6c6f20776f726c64210a',
    channel: 1,
    messages: [
      { type: 'data', range: first, timestamp: 0x0004e94180b7db44n, bytes: hex('48656c6c6f20776f726c64210a') },
    ],
  },
  {
    name: 'ACK and HAVE, RFC 7574 section 8.16',
    wire: '00000008 02 00000000 00000000 0000000000000064 03 00000000 00000000',
    channel: 8,
    messages: [
      { type: 'ack', range: first, delay: 100n },
      { type: 'have', range: first },
    ],
  },
  {
    name: 'closing HANDSHAKE, RFC 7574 section 8.16',
    wire: '00000008 00 00000000 ff',
    channel: 8,
    messages: [{ type: 'handshake', channel: 0, options: {} }],
  },
  { name: 'keepalive, RFC 7574 section 8.14', wire: 'fffffffe', channel: 0xfffffffe, messages: [] },
  {
    name: 'supported messages, RFC 7574 section 7.10',
    wire: '00000000 00 00000001 0001 08 02 d9f0 ff',
    channel: 0,
    messages: [{ type: 'handshake', channel: 1, options: { version: 1, supportedMessages: hex('d9f0') } }],
  },
  {
    name: 'live options with 64-bit chunk ranges, RFC 7574 section 7.9',
    wire: '00000000 00 00000001 0001 050d 0604 07 ffffffffffffffff ff',
    channel: 0,
    messages: [
      {
        type: 'handshake',
        channel: 1,
        options: { version: 1, liveSignatureAlgorithm: 13, chunkAddressing: 4, liveDiscardWindow: 2n ** 64n - 1n },
      },
    ],
  },
  {
    name: 'INTEGRITY, CANCEL, CHOKE and UNCHOKE',
    wire: '00000001 04 00000004 00000007 000102030405060708090a0b0c0d0e0f10111213 09 00000002 00000009 0a 0b',
    channel: 1,
    dialect: { ...defaultDialect, hashBytes: 20 },
    messages: [
      { type: 'integrity', range: { first: 4, last: 7 }, hash: hex('000102030405060708090a0b0c0d0e0f10111213') },
      { type: 'cancel', range: { first: 2, last: 9 } },
      { type: 'choke' },
      { type: 'unchoke' },
    ],
  },
  {
    name: 'PEX_RESv4, PEX_RESv6 and PEX_REScert',
    wire: '00000001 05 c0000201 1a7a 0c 20010db8000000000000000000000001 1a7a 0d 0003 308200',
    channel: 1,
    messages: [
      { type: 'pex-response-v4', ip: hex('c0000201'), port: 6778 },
      { type: 'pex-response-v6', ip: hex('20010db8000000000000000000000001'), port: 6778 },
      { type: 'pex-certificate', certificate: hex('308200') },
    ],
  },
  {
    name: 'the largest chunk number, 64-bit chunk ranges',
    wire: '00000001 03 0000000000000005 001fffffffffffff',
    channel: 1,
    dialect: { ...defaultDialect, addressing: 'chunk64' },
    messages: [{ type: 'have', range: { first: 5, last: Number.MAX_SAFE_INTEGER } }],
  },
  {
    name: 'HAVE of a bin, RFC 7574 section 8.2',
    wire: '00000001 0300000001',
    channel: 1,
    dialect: { ...defaultDialect, addressing: 'bin32' },
    messages: [{ type: 'have', range: { first: 0, last: 1 } }],
  },
  {
    name: 'HAVE, and DATA of a short last chunk, of byte ranges',
    wire: '00000001 03 0000000000000000 0000000000000fff 01 0000000000001000 0000000000001001 0000000000000001 aabb',
    channel: 1,
    dialect: { ...defaultDialect, addressing: 'byte64', chunkSize: 2_048 },
    messages: [
      { type: 'have', range: { first: 0, last: 1 } },
      { type: 'data', range: { first: 2, last: 2 }, timestamp: 1n, bytes: hex('aabb') },
    ],
  },
  {
    name: 'two DATA of a known chunk size and a message after them, RFC 7574 section 8.6',
    wire: '00000001 01 00000000 00000000 0000000000000001 aabb 01 00000001 00000001 0000000000000002 ccdd 0a',
    channel: 1,
    dialect: { ...defaultDialect, chunkSize: 2 },
    messages: [
      { type: 'data', range: first, timestamp: 1n, bytes: hex('aabb') },
      { type: 'data', range: { first: 1, last: 1 }, timestamp: 2n, bytes: hex('ccdd') },
      { type: 'choke' },
    ],
  },
];

it.each(vectors)('decodes $name', ({ wire, channel, messages, dialect = defaultDialect }) => {
  expect(decodeDatagram(hex(wire), dialect)).toEqual({ channel, messages });
});

it.each(vectors)('encodes $name', ({ wire, channel, messages, dialect = defaultDialect }) => {
  expect(encodeDatagram(channel, messages, dialect)).toEqual(hex(wire));
});

it('skips an unknown option as a code and a byte, RFC 7574 section 7', () => {
  const { messages, fault } = decodeDatagram(hex('00000000 00 00000001 0001 0a07 fe08 ff 0b'), defaultDialect);
  expect(messages).toEqual([{ type: 'handshake', channel: 1, options: { version: 1 } }, { type: 'unchoke' }]);
  expect(fault).toBeUndefined();
});

/** Each begins with a CHOKE where it can, which has to survive (RFC 7574 section 3). */
const refused: Record<WireFault, string> = {
  truncated: '00000001 0a 02 00000000 00000000 00',
  'unknown-message': '00000001 0a 07 00000000',
  'range-reversed': '00000001 0a 08 00000002 00000001',
  'chunk-number-too-large': '00000001 0a 03 0000000000000000 0020000000000000',
  'range-not-a-node': `00000001 0a 04 00000001 00000002 ${'00'.repeat(32)}`,
  'range-without-chunk': '00000001 0a 01 ffffffff 0000000000000001 aa',
  'option-malformed': '00000000 00 00000001 0001 02 0000 ff',
  'options-unsorted': '00000000 00 00000001 0001 0001 ff',
  'options-unterminated': '00000000 00 00000001 0001',
  'handshake-not-first': '00000001 0a 00 00000000 ff',
  'data-empty': '00000001 0a 01 00000000 00000000 0000000000000000',
  'too-many-messages': `00000001 0a ${'0b'.repeat(messagesPerDatagramMax)}`,
};

const otherwiseAddressed: Readonly<Record<string, ChunkAddressing>> = {
  'chunk-number-too-large': 'chunk64',
  'range-without-chunk': 'bin32',
};

it.each(Object.entries(refused))('refuses %s and keeps what came before', (fault, wire) => {
  const addressing = otherwiseAddressed[fault] ?? 'chunk32';
  const decoded = decodeDatagram(hex(wire), { ...defaultDialect, addressing });
  expect(decoded.fault).toBe(fault);
  expect(decoded.messages[0]).toEqual(fault.startsWith('option') ? undefined : { type: 'choke' });
});

it.each([
  ['option-malformed', 'a discard window before its chunk addressing', '07 00000001'],
  ['option-malformed', 'a discard window of an unknown chunk addressing', '0605 07 00000001'],
  ['option-malformed', 'a chunk size of 0', '09 00000000'],
  ['option-malformed', 'a bitmap of more than 256 bits', `08 21 ${'ff'.repeat(33)}`],
  ['options-unsorted', 'an option that comes twice', '0602 0602'],
  ['options-unsorted', 'options that descend', '0602 0402'],
  ['truncated', 'a swarm ID longer than the datagram', '02 ffff 00'],
])('refuses as %s %s', (fault, _, options) => {
  const wire = hex(`00000000 00 00000001 ${options} ff`);
  expect(decodeDatagram(wire, defaultDialect)).toEqual({ channel: 0, messages: [], fault });
  expect(decodeHandshake(wire)).toEqual({ fault });
});

it('takes as many messages as the limit allows', () => {
  const decoded = decodeDatagram(hex(`00000001 ${'0b'.repeat(messagesPerDatagramMax)}`), defaultDialect);
  expect(decoded.messages).toHaveLength(messagesPerDatagramMax);
  expect(decoded.fault).toBeUndefined();
});

it('round-trips any messages in any dialect', () => {
  const conversation = anyDialect.chain((dialect) => fc.tuple(fc.constant(dialect), anyMessages(dialect)));
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), conversation, (channel, [dialect, messages]) => {
      const wire = encodeDatagram(channel, messages, dialect);
      expect(decodeDatagram(wire, dialect)).toEqual({ channel, messages });
      expect(peekChannel(wire)).toBe(channel);
    }),
  );
});

it('refuses each strict prefix of every message', () => {
  const one = anyDialect.chain((dialect) =>
    fc.tuple(fc.constant(dialect), fc.oneof(anyHandshake, anySmallMessage(dialect))),
  );
  fc.assert(
    fc.property(one, ([dialect, message]) => {
      const wire = encodeDatagram(7, [message], dialect);
      for (let length = 5; length < wire.length; length++) {
        const { messages, fault } = decodeDatagram(wire.subarray(0, length), dialect);
        expect(messages).toEqual([]);
        expect(fault).toBeDefined();
      }
    }),
  );
});

it('refuses each strict prefix of DATA up to its first byte of content, after which its end cannot be told', () => {
  const one = anyDialect.chain((dialect) => fc.tuple(fc.constant(dialect), anyData(dialect)));
  fc.assert(
    fc.property(one, ([dialect, message]) => {
      const wire = encodeDatagram(7, [message], dialect);
      const content = wire.length - (message.type === 'data' ? message.bytes.length : 0);
      for (let length = 5; length < wire.length; length++) {
        const { fault } = decodeDatagram(wire.subarray(0, length), dialect);
        expect(fault === undefined).toBe(length > content);
      }
    }),
  );
});

it('never throws, whatever the bytes', () => {
  const typed = fc
    .tuple(fc.nat(14), fc.uint8Array({ maxLength: 80 }))
    .map(([type, rest]) => [0, 0, 0, 1, type, ...rest]);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), typed), anyDialect, (bytes, dialect) => {
      const wire = Uint8Array.from(bytes);
      const { messages } = decodeDatagram(wire, dialect);
      expect(messages.length).toBeLessThanOrEqual(messagesPerDatagramMax);
      decodeHandshake(wire);
    }),
    { numRuns: 1000 },
  );
});

it('refuses what is too short for a channel ID', () => {
  expect(peekChannel(hex('000001'))).toBeUndefined();
  expect(decodeDatagram(hex('000001'), defaultDialect)).toEqual({ channel: 0, messages: [], fault: 'truncated' });
  expect(decodeHandshake(hex(''))).toEqual({ fault: 'truncated' });
});

it('decodes the HANDSHAKE alone, whatever follows it', () => {
  expect(decodeHandshake(hex('00000000 00 00000005 0001 ff ee'))).toEqual({
    handshake: { type: 'handshake', channel: 5, options: { version: 1 } },
  });
  expect(decodeHandshake(hex('00000000 0b'))).toEqual({ fault: 'handshake-not-first' });
});

it('decodes a view in the middle of a larger buffer', () => {
  const buffer = hex('eeee 00000008 03 00000001 00000002 eeee');
  expect(decodeDatagram(buffer.subarray(2, 15), defaultDialect)).toEqual({
    channel: 8,
    messages: [{ type: 'have', range: { first: 1, last: 2 } }],
  });
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}
