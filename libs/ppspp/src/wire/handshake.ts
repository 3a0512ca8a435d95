import type { Reader } from '../bytes/reader';
import type { Writer } from '../bytes/writer';
import { invariant } from '../errors';
import { chunkAddressingCodes, messageCodes, optionCodes } from './codes';
import { supportedMessagesBytesMax } from './limits';
import type { HandshakeMessage, HandshakeOptions } from './message';

type Draft = { -readonly [Key in keyof HandshakeOptions]: HandshakeOptions[Key] };

/**
 * HANDSHAKE after its type: the sender's channel and its options. RFC 7574 sections 7 and 8.4.
 *
 * Refuses options that do not ascend or do not end, and values of which the length cannot be told or that nothing can
 * be done with: no swarm ID, chunks of no bytes, a bitmap of more than 256 bits.
 */
export function readHandshake(reader: Reader): HandshakeMessage {
  const channel = reader.u32();
  // Who closes may leave the list empty (RFC 7574 section 8.4), and some take its end for a part of it.
  const isBare = channel === 0 && reader.remaining === 0;
  return { type: 'handshake', channel, options: isBare ? {} : readOptions(reader) };
}

/** The mirror of `readHandshake`, with the type before it. */
export function writeHandshake(writer: Writer, { channel, options }: HandshakeMessage): void {
  writer.u8(messageCodes.handshake).u32(channel);
  writeByte(writer, optionCodes.version, options.version);
  writeByte(writer, optionCodes.minimumVersion, options.minimumVersion);
  writeSwarmId(writer, options.swarmId);
  writeByte(writer, optionCodes.integrityMethod, options.integrityMethod);
  writeByte(writer, optionCodes.hashFunction, options.hashFunction);
  writeByte(writer, optionCodes.liveSignatureAlgorithm, options.liveSignatureAlgorithm);
  writeByte(writer, optionCodes.chunkAddressing, options.chunkAddressing);
  writeLiveDiscardWindow(writer, options);
  writeSupportedMessages(writer, options.supportedMessages);
  writeChunkSize(writer, options.chunkSize);
  writer.u8(optionCodes.end);
}

/** The list must ascend (RFC 7574 section 7), so that no option comes twice, and must end (section 7.1). */
function readOptions(reader: Reader): HandshakeOptions {
  const options: Draft = {};
  let previous = -1;
  while (reader.remaining > 0) {
    const code = reader.u8();
    if (code === optionCodes.end) return options;
    if (code <= previous) reader.fail('options-unsorted');
    readOption(reader, code, options);
    previous = code;
  }
  reader.fail('options-unterminated');
  return options;
}

function readOption(reader: Reader, code: number, options: Draft): void {
  switch (code) {
    case optionCodes.version:
      options.version = reader.u8();
      break;
    case optionCodes.minimumVersion:
      options.minimumVersion = reader.u8();
      break;
    case optionCodes.swarmId:
      options.swarmId = readSwarmId(reader);
      break;
    case optionCodes.integrityMethod:
      options.integrityMethod = reader.u8();
      break;
    case optionCodes.hashFunction:
      options.hashFunction = reader.u8();
      break;
    case optionCodes.liveSignatureAlgorithm:
      options.liveSignatureAlgorithm = reader.u8();
      break;
    case optionCodes.chunkAddressing:
      options.chunkAddressing = reader.u8();
      break;
    case optionCodes.liveDiscardWindow:
      options.liveDiscardWindow = readLiveDiscardWindow(reader, options.chunkAddressing);
      break;
    case optionCodes.supportedMessages:
      options.supportedMessages = readSupportedMessages(reader);
      break;
    case optionCodes.chunkSize:
      options.chunkSize = readChunkSize(reader);
      break;
    default:
      // Unassigned: "unless stated otherwise, a protocol option consists of an 8-bit code followed by an 8-bit value".
      reader.u8();
  }
}

/** RFC 7574 section 7.4. */
function readSwarmId(reader: Reader): Uint8Array {
  const swarmId = reader.bytes(reader.u16());
  if (swarmId.length === 0) reader.fail('option-malformed');
  return swarmId;
}

function writeSwarmId(writer: Writer, swarmId: Uint8Array | undefined): void {
  if (swarmId === undefined) return;
  invariant(swarmId.length > 0 && swarmId.length < 2 ** 16, 'a swarm ID has 1 to 65535 bytes');
  writer.u8(optionCodes.swarmId).u16(swarmId.length).bytes(swarmId);
}

/** As wide as one value of the chunk addressing, which must come before it. RFC 7574 section 7.9. */
function readLiveDiscardWindow(reader: Reader, chunkAddressing: number | undefined): bigint {
  const width = windowBits(chunkAddressing);
  if (width === 64) return reader.u64Opaque();
  if (width === undefined) reader.fail('option-malformed');
  return BigInt(reader.u32());
}

function writeLiveDiscardWindow(writer: Writer, { liveDiscardWindow, chunkAddressing }: HandshakeOptions): void {
  if (liveDiscardWindow === undefined) return;
  const width = windowBits(chunkAddressing);
  invariant(width !== undefined, 'a discard window has the width of its chunk addressing');
  writer.u8(optionCodes.liveDiscardWindow);
  if (width === 64) writer.u64Opaque(liveDiscardWindow);
  else writer.u32(Number(liveDiscardWindow));
}

function windowBits(chunkAddressing: number | undefined): 32 | 64 | undefined {
  switch (chunkAddressing) {
    case chunkAddressingCodes.bin32:
    case chunkAddressingCodes.chunk32:
      return 32;
    case chunkAddressingCodes.bin64:
    case chunkAddressingCodes.byte64:
    case chunkAddressingCodes.chunk64:
      return 64;
    case undefined:
    default:
      return undefined;
  }
}

/** RFC 7574 section 7.10. */
function readSupportedMessages(reader: Reader): Uint8Array {
  const length = reader.u8();
  if (length > supportedMessagesBytesMax) reader.fail('option-malformed');
  return reader.bytes(length);
}

function writeSupportedMessages(writer: Writer, bitmap: Uint8Array | undefined): void {
  if (bitmap === undefined) return;
  invariant(bitmap.length <= supportedMessagesBytesMax, 'a bitmap of messages has one bit for each of 256 types');
  writer.u8(optionCodes.supportedMessages).u8(bitmap.length).bytes(bitmap);
}

/** RFC 7574 section 7.11. */
function readChunkSize(reader: Reader): number {
  const chunkSize = reader.u32();
  if (chunkSize === 0) reader.fail('option-malformed');
  return chunkSize;
}

function writeChunkSize(writer: Writer, chunkSize: number | undefined): void {
  if (chunkSize === undefined) return;
  invariant(chunkSize > 0, 'a chunk has bytes');
  writer.u8(optionCodes.chunkSize).u32(chunkSize);
}

function writeByte(writer: Writer, code: number, value: number | undefined): void {
  if (value !== undefined) writer.u8(code).u8(value);
}
