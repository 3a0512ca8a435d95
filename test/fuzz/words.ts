import { encodeDatagram, type ChunkRange, type Dialect, type Message } from '@weir/ppspp';
import type { Published } from '../sim/content';
import type { Tape } from './tape';

/** What a message is made of. */
interface Source {
  readonly tape: Tape;
  readonly dialect: Dialect;
  readonly content: Published;
}

type Word = (source: Source) => Message;

/** Messages of one datagram. */
const wordsMax = 4;
/** Highest node that a range covers: 32-bit bins go as far. */
const heights = 32;

/** Each message there is, with values that a tape chooses. */
const words = {
  handshake: ({ tape }) => ({ type: 'handshake', channel: tape.u8(), options: {} }),
  data: (source) => dataFrom(source),
  ack: (source) => ({ type: 'ack', range: rangeFrom(source), delay: BigInt(source.tape.u16()) << 40n }),
  have: (source) => ({ type: 'have', range: rangeFrom(source) }),
  integrity: ({ tape, dialect: { hashBytes } }) => ({
    type: 'integrity',
    range: nodeFrom(tape),
    hash: filled(tape, hashBytes),
  }),
  'pex-response-v4': ({ tape }) => ({ type: 'pex-response-v4', ip: filled(tape, 4), port: tape.u16() }),
  'pex-request': () => ({ type: 'pex-request' }),
  request: (source) => ({ type: 'request', range: rangeFrom(source) }),
  cancel: (source) => ({ type: 'cancel', range: rangeFrom(source) }),
  choke: () => ({ type: 'choke' }),
  unchoke: () => ({ type: 'unchoke' }),
  'pex-response-v6': ({ tape }) => ({ type: 'pex-response-v6', ip: filled(tape, 16), port: tape.u16() }),
  'pex-certificate': ({ tape }) => ({ type: 'pex-certificate', certificate: filled(tape, tape.u8()) }),
} as const satisfies Record<Message['type'], Word>;

const everyWord: readonly Word[] = Object.values(words);

/** A datagram to a channel, in its dialect: well formed, and as senseless as the tape likes. */
export function sentence(channel: number, source: Source): Uint8Array {
  const count = 1 + (source.tape.u8() % wordsMax);
  const said = Array.from({ length: count }, () => source.tape.pick(everyWord)?.(source) ?? { type: 'choke' as const });
  // A HANDSHAKE begins a datagram, and of DATA it is not always known where it ends.
  const place = ({ type }: Message): number => (type === 'handshake' ? 0 : type === 'data' ? 2 : 1);
  const ordered = said.toSorted((left, right) => place(left) - place(right));
  const alone = ordered.filter(
    (message, at) => place(message) === 1 || place(ordered[at - 1] ?? { type: 'choke' }) === 1,
  );
  return encodeDatagram(channel, alone, source.dialect);
}

/** A chunk of the content, as it is or with its first byte changed. */
function dataFrom({ tape, content }: Source): Message {
  const { chunkSize } = content.metadata;
  const chunk = tape.u8() % content.content.record.chunkCount;
  const bytes = content.bytes.slice(chunk * chunkSize, (chunk + 1) * chunkSize);
  bytes[0] = (bytes[0] ?? 0) ^ tape.u8();
  return { type: 'data', range: { first: chunk, last: chunk }, timestamp: BigInt(tape.u16()) << 40n, bytes };
}

/** Any chunks where the dialect can say that, else those under one node. */
function rangeFrom({ tape, dialect }: Source): ChunkRange {
  const { first, last } = nodeFrom(tape);
  return dialect.addressing.startsWith('chunk') ? { first, last: last + tape.u8() } : { first, last };
}

function nodeFrom(tape: Tape): ChunkRange {
  const height = tape.u8() % heights;
  const index = tape.u8() % 2 ** (heights - 1 - height);
  return { first: index * 2 ** height, last: (index + 1) * 2 ** height - 1 };
}

function filled(tape: Tape, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(tape.bytes(Math.min(length, 4)));
  return bytes;
}
