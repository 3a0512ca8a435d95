import { hashBytes } from '../integrity/hash';
import { limits } from '../limits';
import { hashFunctions, type SwarmId, type SwarmMetadata } from '../swarm/metadata';
import { chunkAddressingCodes, hashFunctionCodes, integrityMethodCodes, protocolVersion } from '../wire/codes';
import type { HandshakeOptions } from '../wire/message';
import { ownSupportedMessages } from '../wire/supported-messages';

/** What a peer that names no chunk size is taken to use, until a verified chunk tells. RFC 7574 section 8.1. */
export const chunkSizeGuess = 1_024;

/** Why a handshake gets no answer. A closed set, so that it can label a metric. */
export type HandshakeFault =
  | 'version'
  | 'swarm-missing'
  | 'swarm-other'
  | 'integrity-method'
  | 'hash-function'
  | 'chunk-addressing'
  | 'chunk-size';

/** What a handshake said of a swarm, or why it is refused. */
export type Judgement =
  | { readonly ok: true; readonly metadata: SwarmMetadata; readonly chunkSizeGiven: boolean }
  | { readonly ok: false; readonly fault: HandshakeFault };

/**
 * The options that open a channel. `full` has all that RFC 7574 section 7 demands; peers in the field drop a datagram
 * with an option they do not know, so that an unanswered try is followed by one without options 8 and 9.
 */
export function initiatingOptions(metadata: SwarmMetadata, full: boolean): HandshakeOptions {
  const options = {
    ...ownOptions(metadata),
    minimumVersion: protocolVersion,
    swarmId: bytesOfSwarmId(metadata.swarmId),
  };
  return full ? { ...options, supportedMessages: ownSupportedMessages, chunkSize: metadata.chunkSize } : options;
}

/**
 * The options of an answer. Options 8 and 9 stand only in an answer to somebody who sent them, and the swarm ID only in
 * one to somebody who sent either: other peers in the field drop an answer that contains them. That also keeps an answer
 * no longer than what it answers (RFC 7574 section 12.1.1).
 */
export function answeringOptions(metadata: SwarmMetadata, theirs: HandshakeOptions): HandshakeOptions {
  const { supportedMessages, chunkSize } = theirs;
  return {
    ...ownOptions(metadata),
    minimumVersion: protocolVersion,
    ...(namesNewOptions(theirs) ? { swarmId: bytesOfSwarmId(metadata.swarmId) } : {}),
    ...(supportedMessages === undefined ? {} : { supportedMessages: ownSupportedMessages }),
    ...(chunkSize === undefined ? {} : { chunkSize: metadata.chunkSize }),
  };
}

/** True for a peer that sends options 8 or 9: it reads all that RFC 7574 defines, coalesced ACKs included. */
export function namesNewOptions(options: HandshakeOptions): boolean {
  return options.supportedMessages !== undefined || options.chunkSize !== undefined;
}

/** Reads the metadata out of an initiating handshake. RFC 7574 sections 3.1.1 and 7. */
export function judgeInitiation(options: HandshakeOptions): Judgement {
  const { swarmId } = options;
  if (swarmId === undefined || swarmId.length === 0) return { ok: false, fault: 'swarm-missing' };
  const judgement = judgeOptions(options, hexOf(swarmId));
  if (judgement.ok && swarmId.length !== hashBytes[judgement.metadata.hash]) return { ok: false, fault: 'swarm-other' };
  return judgement;
}

/** Checks the answer to a handshake of ours: it must be in the same swarm, as far as it says. RFC 7574 section 3.1.1, step 4. */
export function judgeAnswer(options: HandshakeOptions, ours: SwarmMetadata): HandshakeFault | undefined {
  const { swarmId } = options;
  if (swarmId !== undefined && hexOf(swarmId) !== ours.swarmId) return 'swarm-other';
  const judgement = judgeOptions(options, ours.swarmId);
  if (!judgement.ok) return judgement.fault;
  return disagreement(judgement, ours);
}

/** Why two peers are not in the same swarm, or undefined if they are. A chunk size that was left out agrees with any. */
export function disagreement(
  judged: Extract<Judgement, { ok: true }>,
  ours: SwarmMetadata,
): HandshakeFault | undefined {
  const { metadata, chunkSizeGiven } = judged;
  if (metadata.swarmId !== ours.swarmId) return 'swarm-other';
  if (metadata.hash !== ours.hash) return 'hash-function';
  if (metadata.addressing !== ours.addressing) return 'chunk-addressing';
  return chunkSizeGiven && metadata.chunkSize !== ours.chunkSize ? 'chunk-size' : undefined;
}

/** The bytes of a swarm ID in hex. */
export function bytesOfSwarmId(swarmId: SwarmId): Uint8Array {
  const bytes = new Uint8Array(swarmId.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(swarmId.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** Lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

function ownOptions(metadata: SwarmMetadata): HandshakeOptions {
  return {
    version: protocolVersion,
    integrityMethod: integrityMethodCodes.merkleHashTree,
    hashFunction: hashFunctionCodes[metadata.hash],
    chunkAddressing: chunkAddressingCodes[metadata.addressing],
  };
}

function judgeOptions(options: HandshakeOptions, swarmId: SwarmId): Judgement {
  const { chunkSize = chunkSizeGuess } = options;
  if (!versionsMeet(options)) return { ok: false, fault: 'version' };
  if (options.integrityMethod !== integrityMethodCodes.merkleHashTree) return { ok: false, fault: 'integrity-method' };
  const hash = hashFunctions.find((name) => hashFunctionCodes[name] === options.hashFunction);
  if (hash === undefined) return { ok: false, fault: 'hash-function' };
  const addressing = options.chunkAddressing === chunkAddressingCodes.chunk64 ? 'chunk64' : 'chunk32';
  if (options.chunkAddressing !== chunkAddressingCodes[addressing]) return { ok: false, fault: 'chunk-addressing' };
  if (chunkSize < limits.chunkSizeMin || chunkSize > limits.chunkSizeMax) return { ok: false, fault: 'chunk-size' };
  return {
    ok: true,
    metadata: { swarmId, hash, addressing, chunkSize },
    chunkSizeGiven: options.chunkSize !== undefined,
  };
}

/** RFC 6709 section 4.1, strategy 5: the ranges of versions must meet. */
function versionsMeet({ version: theirs = 0, minimumVersion = theirs }: HandshakeOptions): boolean {
  return theirs >= protocolVersion && minimumVersion <= protocolVersion;
}
