import { Reader } from '../bytes/reader';
import { messageCodes } from './codes';
import { readHandshake } from './handshake';
import { messagesPerDatagramMax } from './limits';
import type {
  BareMessage,
  Dialect,
  HandshakeMessage,
  Message,
  PexRequestMessage,
  RangeMessage,
  WireFault,
} from './message';
import { readPexCertificate, readPexResponse } from './pex';
import { readRange } from './range';
import { readAck, readData, readIntegrity } from './transfer';

/** What a datagram says. With a fault, the messages are those before the invalid one (RFC 7574 section 3). */
export interface DecodedDatagram {
  /** The channel it was sent to, an ID of the receiver's; 0 initiates. RFC 7574 section 8.3. */
  readonly channel: number;
  /** Empty for a keepalive (RFC 7574 section 8.14). Byte members are views of the datagram. */
  readonly messages: readonly Message[];
  readonly fault?: WireFault;
}

/** The HANDSHAKE that a datagram opens with, or why there is none. */
export type DecodedHandshake = { readonly handshake: HandshakeMessage } | { readonly fault: WireFault };

/**
 * The channel ID before the messages, which tells in which dialect to decode them; undefined for bytes too short for
 * one. RFC 7574 section 8.3.
 */
export function peekChannel(bytes: Uint8Array): number | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return undefined;
  return first * 0x1000000 + ((second << 16) | (third << 8) | fourth);
}

/**
 * The messages of a datagram, in their order. RFC 7574 section 8.2.
 *
 * Never throws. What follows an invalid message is discarded, because its beginning cannot be told. What says nothing,
 * as a HAVE of no chunk, is left out.
 */
export function decodeDatagram(bytes: Uint8Array, dialect: Dialect): DecodedDatagram {
  const reader = new Reader(bytes);
  const channel = reader.u32();
  const messages: Message[] = [];
  for (let position = 0; reader.remaining > 0; position++) {
    const message = readMessage(reader, dialect, position);
    if (reader.fault !== undefined) break;
    if (message !== undefined) messages.push(message);
  }
  return reader.fault === undefined ? { channel, messages } : { channel, messages, fault: reader.fault };
}

/**
 * The HANDSHAKE at the beginning of a datagram, and nothing after it: it needs no dialect, and tells in which one the
 * rest is written. A datagram that begins with another message is refused as `handshake-not-first`.
 */
export function decodeHandshake(bytes: Uint8Array): DecodedHandshake {
  const reader = new Reader(bytes);
  reader.u32();
  if (reader.u8() !== messageCodes.handshake) reader.fail('handshake-not-first');
  const handshake = readHandshake(reader);
  return reader.fault === undefined ? { handshake } : { fault: reader.fault };
}

function readMessage(reader: Reader, dialect: Dialect, position: number): Message | undefined {
  const decoder = decoders[reader.u8()];
  if (decoder === undefined) reader.fail('unknown-message');
  else if (decoder === readHandshake && position > 0) reader.fail('handshake-not-first');
  else if (position >= messagesPerDatagramMax) reader.fail('too-many-messages');
  return decoder?.(reader, dialect);
}

type Decoder = (reader: Reader, dialect: Dialect) => Message | undefined;

/** By the message's first byte. A hole is a type that static content does not need, or that nobody has assigned. */
const decoders: Readonly<Record<number, Decoder | undefined>> = {
  [messageCodes.handshake]: readHandshake,
  [messageCodes.data]: readData,
  [messageCodes.ack]: readAck,
  [messageCodes.have]: rangeDecoder('have'),
  [messageCodes.integrity]: readIntegrity,
  [messageCodes['pex-response-v4']]: (reader) => readPexResponse(reader, 'pex-response-v4'),
  [messageCodes['pex-request']]: bareDecoder('pex-request'),
  [messageCodes.request]: rangeDecoder('request'),
  [messageCodes.cancel]: rangeDecoder('cancel'),
  [messageCodes.choke]: bareDecoder('choke'),
  [messageCodes.unchoke]: bareDecoder('unchoke'),
  [messageCodes['pex-response-v6']]: (reader) => readPexResponse(reader, 'pex-response-v6'),
  [messageCodes['pex-certificate']]: readPexCertificate,
} satisfies Record<(typeof messageCodes)[Message['type']], Decoder>;

/** HAVE, REQUEST and CANCEL after their type: one chunk specification. RFC 7574 sections 8.5, 8.10 and 8.11. */
function rangeDecoder(type: RangeMessage['type']): Decoder {
  const rounding = type === 'request' ? 'wanted' : 'held';
  return (reader, dialect) => {
    const range = readRange(reader, dialect, rounding);
    return range && { type, range };
  };
}

/** CHOKE, UNCHOKE and PEX_REQ, which are their type alone. RFC 7574 sections 8.12 and 8.13. */
function bareDecoder(type: (BareMessage | PexRequestMessage)['type']): Decoder {
  return () => ({ type });
}
