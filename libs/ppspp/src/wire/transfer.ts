import { nodeOfRange } from '../addressing/node';
import { invariant } from '../errors';
import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { messageCodes } from './codes';
import type { AckMessage, DataMessage, Dialect, IntegrityMessage, RangeMessage } from './message';
import { readExactRange, readRange, readSpan, wholeBytes, writeRange, writeSpan } from './range';

/**
 * DATA after its type: chunk specification, timestamp, chunk. RFC 7574 section 8.6.
 *
 * Nothing on the wire tells where the chunk ends. With the chunk size known it ends after the bytes of its range, so
 * that another message can follow; else, and where fewer bytes are left, it takes the rest of the datagram. Refuses a
 * chunk of no bytes.
 */
export function readData(reader: Reader, dialect: Dialect): DataMessage {
  const { range, bytesMax } = readSpan(reader, dialect);
  const timestamp = reader.u64Opaque();
  const bytes = reader.bytes(Math.min(reader.remaining, bytesMax));
  if (bytes.length === 0) reader.fail('data-empty');
  return { type: 'data', range, timestamp, bytes };
}

/** The mirror of `readData`, with the type before it. */
export function writeData(writer: Writer, { range, timestamp, bytes }: DataMessage, dialect: Dialect): void {
  invariant(bytes.length > 0 && bytes.length <= wholeBytes(range, dialect), 'DATA holds the bytes of its range');
  writer.u8(messageCodes.data);
  writeSpan(writer, range, bytes.length, dialect);
  writer.u64Opaque(timestamp).bytes(bytes);
}

/** Whether a reader can tell where the message ends, so that another message may follow it in the datagram. */
export function endIsKnown({ range, bytes }: DataMessage, dialect: Dialect): boolean {
  return bytes.length === wholeBytes(range, dialect);
}

/**
 * ACK after its type: chunk specification, one-way delay sample; undefined if it acknowledges no whole chunk. RFC 7574
 * section 8.7.
 */
export function readAck(reader: Reader, dialect: Dialect): AckMessage | undefined {
  const range = readRange(reader, dialect, 'held');
  const delay = reader.u64Opaque();
  return range && { type: 'ack', range, delay };
}

/** The mirror of `readAck`, with the type before it. */
export function writeAck(writer: Writer, { range, delay }: AckMessage, dialect: Dialect): void {
  writer.u8(messageCodes.ack);
  writeRange(writer, range, dialect);
  writer.u64Opaque(delay);
}

/** INTEGRITY after its type: chunk specification, hash. Refuses a range that no node of the tree stands over. RFC 7574 section 8.8. */
export function readIntegrity(reader: Reader, dialect: Dialect): IntegrityMessage {
  const range = readExactRange(reader, dialect);
  if (nodeOfRange(range) === undefined) reader.fail('range-not-a-node');
  return { type: 'integrity', range, hash: reader.bytes(dialect.hashBytes) };
}

/** The mirror of `readIntegrity`, with the type before it. */
export function writeIntegrity(writer: Writer, { range, hash }: IntegrityMessage, dialect: Dialect): void {
  invariant(hash.length === dialect.hashBytes, 'a hash is as long as its dialect says');
  writer.u8(messageCodes.integrity);
  writeRange(writer, range, dialect);
  writer.bytes(hash);
}

/** HAVE, REQUEST and CANCEL with their type: one chunk specification. RFC 7574 sections 8.5, 8.10 and 8.11. */
export function writeRangeMessage(writer: Writer, { type, range }: RangeMessage, dialect: Dialect): void {
  writer.u8(messageCodes[type]);
  writeRange(writer, range, dialect);
}
