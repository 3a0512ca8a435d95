import { answeringOptions, judgeInitiation, type Judgement } from '../channel/handshake';
import { limits } from '../limits';
import type { Holdings } from '../swarm/holdings';
import type { SwarmMetadata } from '../swarm/metadata';
import { messageCodes } from '../wire/codes';
import { decodeDatagram, decodeHandshake } from '../wire/decode';
import { DatagramWriter } from '../wire/encode';
import { expand } from '../wire/expansion';
import type { Dialect, HandshakeMessage, Message } from '../wire/message';
import { supportsMessage } from '../wire/supported-messages';

/** What an initiating datagram said, and what it means. */
export interface Opening {
  readonly handshake: HandshakeMessage;
  readonly judgement: Judgement;
}

/** What an answer says. */
export interface Answer {
  /** What it answers. */
  readonly handshake: HandshakeMessage;
  /** Our ID of the channel. */
  readonly id: number;
  /** Of the swarm; its metadata alone, as long as nobody is in it. */
  readonly holdings: Holdings | SwarmMetadata;
}

/** One for all answers: a flood of handshakes is to cost no buffer each. */
const writer = new DatagramWriter(limits.datagramBytes);

const closing: HandshakeMessage = { type: 'handshake', channel: 0, options: {} };

/** Reads an initiating datagram that was kept. */
export function openingOf(bytes: Uint8Array, methods: Parameters<typeof judgeInitiation>[1]): Opening {
  const decoded = decodeHandshake(bytes);
  const handshake = 'fault' in decoded ? closing : decoded.handshake;
  return { handshake, judgement: judgeInitiation(handshake.options, methods) };
}

/**
 * An answer of `bytesMax` bytes at most, with the runs that we have as far as there is room, or undefined if there is room
 * for none: an answer to an address that is not proven is never longer than what asked. RFC 7574 section 12.1.1.
 */
export function answerWithin(bytesMax: number, { handshake, id, holdings }: Answer): Uint8Array | undefined {
  const isOpen = 'runs' in holdings;
  const metadata = isOpen ? holdings.metadata : holdings;
  const dialect = isOpen ? holdings.dialect : dialectOf(holdings);
  for (const theirs of [handshake.options, {}]) {
    writer.begin(handshake.channel, bytesMax);
    const options = answeringOptions(metadata, theirs);
    if (!writer.add({ type: 'handshake', channel: id, options }, dialect)) continue;
    // Some peers never look again when the answer offers nothing; one HAVE is minor payload. RFC 7574 section 3.1.1.
    const runs =
      isOpen && supportsMessage(handshake.options.supportedMessages, messageCodes.have) ? holdings.runs() : [];
    const haves = expand(
      runs.map((range) => ({ type: 'have', range })),
      dialect,
    );
    haves.every((have) => writer.add(have, dialect));
    return writer.finish();
  }
  return undefined;
}

/** Heard though its sender was not proven to be there when it said so: nothing that is heavy. RFC 7574 section 3.1.1. */
const minorTypes: ReadonlySet<Message['type']> = new Set([
  'have',
  'request',
  'cancel',
  'choke',
  'unchoke',
  'pex-request',
]);

/** What stood behind the HANDSHAKE in an initiating datagram. */
export function minorMessages(opening: Uint8Array, dialect: Dialect): Message[] {
  return decodeDatagram(opening, dialect).messages.filter(({ type }) => minorTypes.has(type));
}

/** Widths that no HANDSHAKE needs. */
function dialectOf({ addressing, swarmId, chunkSize }: SwarmMetadata): Dialect {
  return { addressing, hashBytes: swarmId.length / 2, chunkSize };
}
