import type { ChunkRange } from '../addressing/chunk-range';
import { Writer } from '../bytes/writer';
import { invariant } from '../errors';
import { limits } from '../limits';
import { messageCodes } from './codes';
import { writeHandshake } from './handshake';
import { messagesPerDatagramMax } from './limits';
import type { Dialect, Message } from './message';
import { writePexCertificate, writePexResponse } from './pex';
import { endIsKnown, writeAck, writeData, writeIntegrity, writeRangeMessage } from './transfer';

/** Fills one datagram after the other, in a buffer that is allocated once. RFC 7574 sections 8.2 and 8.3. */
export class DatagramWriter {
  private readonly writer: Writer;
  private messages = 0;
  private ended = false;

  /** `bytesMax` bounds a whole datagram, its channel ID included. */
  constructor(bytesMax: number) {
    this.writer = new Writer(bytesMax);
  }

  /** Bytes of the datagram so far. */
  get length(): number {
    return this.writer.length;
  }

  /** Messages in the datagram so far; finished without any, it is a keepalive. */
  get messageCount(): number {
    return this.messages;
  }

  /** Forgets what was written and begins a datagram to `channel`, an ID that the receiver chose, of `bytesMax` bytes at most. */
  begin(channel: number, bytesMax = Number.POSITIVE_INFINITY): void {
    this.writer.rewind(0);
    this.writer.confine(bytesMax);
    this.writer.u32(channel);
    this.messages = 0;
    this.ended = false;
  }

  /**
   * Adds a message, or leaves the datagram as it was and tells false: the message then goes into the next one. So it
   * does where bytes are missing, where the receiver would refuse one message more, for a HANDSHAKE that would not be
   * the first, and after a DATA message that takes the rest. What does not fit an empty datagram fits none.
   */
  add(message: Message, dialect: Dialect): boolean {
    if (!this.admits(message)) return false;
    const before = this.writer.length;
    writeMessage(this.writer, message, dialect);
    if (this.writer.full) {
      this.writer.rewind(before);
      return false;
    }
    this.messages += 1;
    if (message.type === 'data') this.ended = !endIsKnown(message, dialect);
    return true;
  }

  /** A copy of the datagram. */
  finish(): Uint8Array {
    return this.writer.copy();
  }

  private admits(message: Message): boolean {
    if (this.ended || this.messages >= messagesPerDatagramMax) return false;
    return message.type !== 'handshake' || this.messages === 0;
  }
}

/** Synchronous and copied from at once, so one buffer serves every call. */
const scratch = new DatagramWriter(limits.datagramBytesMax);

/** One datagram with all these messages, which must fit one. */
export function encodeDatagram(channel: number, messages: readonly Message[], dialect: Dialect): Uint8Array {
  scratch.begin(channel);
  for (const message of messages) invariant(scratch.add(message, dialect), 'the messages fit one datagram');
  return scratch.finish();
}

function writeMessage(writer: Writer, message: Message, dialect: Dialect): void {
  if ('range' in message) writeRanged(writer, message, dialect);
  else writeUnranged(writer, message);
}

type RangedMessage = Extract<Message, { range: ChunkRange }>;

function writeRanged(writer: Writer, message: RangedMessage, dialect: Dialect): void {
  switch (message.type) {
    case 'data':
      writeData(writer, message, dialect);
      break;
    case 'ack':
      writeAck(writer, message, dialect);
      break;
    case 'have':
    case 'request':
    case 'cancel':
      writeRangeMessage(writer, message, dialect);
      break;
    case 'integrity':
      writeIntegrity(writer, message, dialect);
  }
}

function writeUnranged(writer: Writer, message: Exclude<Message, RangedMessage>): void {
  switch (message.type) {
    case 'handshake':
      writeHandshake(writer, message);
      break;
    case 'choke':
    case 'unchoke':
    case 'pex-request':
      writer.u8(messageCodes[message.type]);
      break;
    case 'pex-response-v4':
    case 'pex-response-v6':
      writePexResponse(writer, message);
      break;
    case 'pex-certificate':
      writePexCertificate(writer, message);
  }
}
