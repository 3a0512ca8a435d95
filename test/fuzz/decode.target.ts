import { isDeepStrictEqual } from 'node:util';
import {
  chunkAddressingCodes,
  decodeDatagram,
  decodeHandshake,
  encodeDatagram,
  judgeInitiation,
  messageCodes,
  messagesPerDatagramMax,
  optionCodes,
  peekChannel,
  type DecodedDatagram,
  type Dialect,
  type Message,
  type HandshakeOptions,
} from '@weir/ppspp';
import { contentOf, dialectOf, everyChoice } from './contents';
import { Tape } from './tape';
import { promise, type FuzzTarget } from './target';
import { recordedConversations } from './vectors';

/** Bytes before the datagram: the four that choose a content, and one that hides its chunk size. */
const headBytes = 5;
const dialects = new Map<string, Dialect>();

/** The decoder of datagrams, in every dialect: five bytes choose one, the rest is the datagram. */
export const target: FuzzTarget = {
  bytesMax: 2_048,
  dictionary: [
    ...Object.values(messageCodes).map((code) => Uint8Array.of(code)),
    ...Object.values(optionCodes).map((code) => Uint8Array.of(code, 0)),
    ...Object.values(chunkAddressingCodes).map((code) => Uint8Array.of(optionCodes.chunkAddressing, code)),
    Uint8Array.of(0, 0, 0, 0, messageCodes.handshake),
  ],

  run(input) {
    const dialect = dialectFrom(input.subarray(0, headBytes));
    const bytes = input.subarray(headBytes);
    checkDatagram(bytes, dialect);
    checkHandshake(bytes, dialect);
  },

  seeds() {
    const recorded = recordedConversations(12).flat();
    return everyChoice().flatMap((choice, index) =>
      recorded.map(({ bytes }) => Uint8Array.of(...choice, index % 2, ...bytes.subarray(0, 300))),
    );
  },
};

function dialectFrom(head: Uint8Array): Dialect {
  const key = head.join();
  const known = dialects.get(key);
  if (known !== undefined) return known;
  const tape = new Tape(head);
  const dialect = dialectOf(contentOf(tape));
  const chosen = tape.flag() ? { ...dialect, chunkSize: undefined } : dialect;
  dialects.set(key, chosen);
  return chosen;
}

/** What was understood can be said again, and then means the same. */
function checkDatagram(bytes: Uint8Array, dialect: Dialect): void {
  const decoded = decodeDatagram(bytes, dialect);
  const { channel, messages, fault } = decoded;
  promise(messages.length <= messagesPerDatagramMax, () => `${messages.length} messages in one datagram`);
  if (bytes.length < 4) {
    promise(fault === 'truncated', () => 'a datagram without a channel ID is accepted');
    return;
  }
  promise(channel === peekChannel(bytes), () => 'the channel ID depends on who reads it');
  if (dialect.addressing === 'byte64') return messages.forEach((message) => checkRounded(channel, message, dialect));
  const again = encodeDatagram(channel, messages, dialect);
  // The end of a HANDSHAKE's options may be missing, and is written.
  promise(again.length <= bytes.length + 1, () => `${bytes.length} bytes say what takes ${again.length}`);
  checkExact(bytes, again, decoded, dialect);
}

/**
 * Byte ranges are rounded to chunks when they are read, so that only what was rounded once is said as it was read; and
 * DATA that ends within its chunk ends the datagram in which it is said.
 */
function checkRounded(channel: number, message: Message, dialect: Dialect): void {
  checkSame(decodeDatagram(encodeDatagram(channel, [message], dialect), dialect), dialect);
}

/** Says it again. */
function checkSame(decoded: DecodedDatagram, dialect: Dialect): void {
  promise(decoded.fault === undefined, () => `what is encoded is refused as ${String(decoded.fault)}`);
  const reread = decodeDatagram(encodeDatagram(decoded.channel, decoded.messages, dialect), dialect);
  promise(isDeepStrictEqual(reread, decoded), () => 'what is encoded decodes to something else');
}

function checkExact(bytes: Uint8Array, again: Uint8Array, decoded: DecodedDatagram, dialect: Dialect): void {
  const { channel, messages, fault } = decoded;
  checkSame({ channel, messages }, dialect);
  // A HANDSHAKE may hold options that are skipped, and a bin stand for nothing, or for more than there can be.
  if (messages[0]?.type === 'handshake' || dialect.addressing.startsWith('bin')) return;
  const understood = bytes.subarray(0, again.length);
  promise(Buffer.compare(again, understood) === 0, () => 'bytes of a message were not looked at');
  promise(fault !== undefined || again.length === bytes.length, () => 'bytes were left over, and no fault told');
}

/** Both decoders see the same HANDSHAKE, and judging it comes to an end. */
function checkHandshake(bytes: Uint8Array, dialect: Dialect): void {
  const decoded = decodeHandshake(bytes);
  const [first] = decodeDatagram(bytes, dialect).messages;
  const seen = first?.type === 'handshake' ? first : undefined;
  const known = 'handshake' in decoded ? decoded.handshake : undefined;
  promise(isDeepStrictEqual(seen, known), () => 'a HANDSHAKE depends on which decoder reads it');
  if (known !== undefined) checkJudgement(known.options);
}

function checkJudgement(options: HandshakeOptions): void {
  const judgement = judgeInitiation(options);
  if (!judgement.ok) return;
  const { swarmId, hash, addressing, chunkSize } = judgement.metadata;
  promise(swarmId.length > 0 && Number.isSafeInteger(chunkSize), () => 'metadata that nobody can use');
  promise(hash.length > 0 && addressing.length > 0, () => 'metadata without a dialect');
}
