import { chunkAddressings } from '../addressing/method';
import { hashBytes, hashFunctionOfLength } from '../integrity/hash';
import { limits } from '../limits';
import {
  hashFunctions,
  integrityMethods,
  integrityOf,
  type HashFunction,
  type IntegrityMethod,
  type SwarmId,
  type SwarmMetadata,
} from '../swarm/metadata';
import {
  chunkAddressingCodes,
  chunkSizeGuess,
  hashFunctionCodes,
  integrityMethodCodes,
  protocolVersion,
} from '../wire/codes';
import type { HandshakeOptions } from '../wire/message';
import { ownSupportedMessages } from '../wire/supported-messages';

/** The methods that are accepted of a swarm that nothing is known of. RFC 7574 section 5: others only where it is safe. */
const integrityDefault: readonly IntegrityMethod[] = ['merkle'];

const integrityCodes: Readonly<Record<IntegrityMethod, number>> = {
  merkle: integrityMethodCodes.merkleHashTree,
  none: integrityMethodCodes.none,
};

/**
 * Options that are put together one by one: an object of several spread ones costs a shape of its own, which outlives it, and
 * a flood of handshakes must leave nothing behind.
 */
type Draft = { -readonly [Key in keyof HandshakeOptions]: HandshakeOptions[Key] };

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
 * with an option they do not know, so that an unanswered try is followed by one without options 8 and 9. But ranges of
 * bytes mean nothing without a chunk size: there it is told in both.
 */
export function initiatingOptions(metadata: SwarmMetadata, full: boolean): HandshakeOptions {
  const { addressing, chunkSize } = metadata;
  return {
    ...ownOptions(metadata),
    swarmId: bytesOfSwarmId(metadata.swarmId),
    ...(full ? { supportedMessages: ownSupportedMessages } : {}),
    ...(full || addressing === 'byte64' ? { chunkSize } : {}),
  };
}

/**
 * The options of an answer. Options 8 and 9 stand only in an answer to somebody who sent them, and the swarm ID only in
 * one to somebody who sent either: other peers in the field drop an answer that contains them. That also keeps an answer
 * no longer than what it answers (RFC 7574 section 12.1.1).
 */
export function answeringOptions(metadata: SwarmMetadata, theirs: HandshakeOptions): HandshakeOptions {
  const { supportedMessages, chunkSize } = theirs;
  const options = ownOptions(metadata);
  if (namesNewOptions(theirs)) options.swarmId = bytesOfSwarmId(metadata.swarmId);
  if (supportedMessages !== undefined) options.supportedMessages = ownSupportedMessages;
  if (chunkSize !== undefined) options.chunkSize = metadata.chunkSize;
  return options;
}

/** True for a peer that sends options 8 or 9: it reads all that RFC 7574 defines, coalesced ACKs included. */
export function namesNewOptions(options: HandshakeOptions): boolean {
  return options.supportedMessages !== undefined || options.chunkSize !== undefined;
}

/**
 * Reads the metadata out of an initiating handshake; `accepted` are the integrity methods. RFC 7574 sections 3.1.1 and 7.
 *
 * An initiator must state all of it. What it left out all the same has its default, by which the length of a root hash
 * tells its function; but a version and a swarm ID have none, nor has the chunk size of byte ranges.
 */
export function judgeInitiation(options: HandshakeOptions, accepted = integrityDefault): Judgement {
  const { swarmId, chunkSize } = options;
  if (swarmId === undefined || swarmId.length === 0) return { ok: false, fault: 'swarm-missing' };
  const judgement = judgeOptions(Object.assign(defaultsFor(swarmId), options), hexOf(swarmId));
  if (!judgement.ok) return judgement;
  const { metadata } = judgement;
  if (!accepted.includes(integrityOf(metadata))) return { ok: false, fault: 'integrity-method' };
  if (metadata.addressing === 'byte64' && chunkSize === undefined) return { ok: false, fault: 'chunk-size' };
  return isSwarmIdOf(metadata, swarmId.length) ? judgement : { ok: false, fault: 'swarm-other' };
}

/**
 * Checks the answer to a handshake of ours: it must be in the same swarm, as far as it says. RFC 7574 section 3.1.1,
 * step 4. It echoes our channel ID, and so knows what we stated: what it leaves out, it agrees with.
 */
export function judgeAnswer(options: HandshakeOptions, ours: SwarmMetadata): HandshakeFault | undefined {
  const { swarmId } = options;
  if (swarmId !== undefined && hexOf(swarmId) !== ours.swarmId) return 'swarm-other';
  const judgement = judgeOptions({ ...ownOptions(ours), ...options }, ours.swarmId);
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
  if (integrityOf(metadata) !== integrityOf(ours)) return 'integrity-method';
  if (metadata.hash !== ours.hash && integrityOf(ours) === 'merkle') return 'hash-function';
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

/** A root hash is as long as its function says; without a tree any bytes will do. RFC 7574 sections 5.1 and 7.4. */
function isSwarmIdOf(metadata: SwarmMetadata, bytes: number): boolean {
  return integrityOf(metadata) === 'none' || bytes === hashBytes[metadata.hash];
}

/** The hash function stands there with a Merkle hash tree only. RFC 7574 section 7.6. */
function ownOptions(metadata: SwarmMetadata): Draft {
  const integrity = integrityOf(metadata);
  const options: Draft = {
    version: protocolVersion,
    minimumVersion: protocolVersion,
    integrityMethod: integrityCodes[integrity],
    chunkAddressing: chunkAddressingCodes[metadata.addressing],
  };
  if (integrity === 'merkle') options.hashFunction = hashFunctionCodes[metadata.hash];
  return options;
}

/** RFC 7574 sections 7.5, 7.6 and 7.8. */
function defaultsFor(swarmId: Uint8Array): HandshakeOptions {
  const hash = hashFunctionOfLength(swarmId.length) ?? 'sha256';
  return {
    integrityMethod: integrityMethodCodes.merkleHashTree,
    hashFunction: hashFunctionCodes[hash],
    chunkAddressing: chunkAddressingCodes.chunk32,
  };
}

function judgeOptions(options: HandshakeOptions, swarmId: SwarmId): Judgement {
  const { chunkSize = chunkSizeGuess } = options;
  if (!versionsMeet(options)) return { ok: false, fault: 'version' };
  const integrity = integrityMethods.find((name) => integrityCodes[name] === options.integrityMethod);
  if (integrity === undefined) return { ok: false, fault: 'integrity-method' };
  const hash = hashOf(options, integrity);
  if (hash === undefined) return { ok: false, fault: 'hash-function' };
  const addressing = chunkAddressings.find((name) => chunkAddressingCodes[name] === options.chunkAddressing);
  if (addressing === undefined) return { ok: false, fault: 'chunk-addressing' };
  if (chunkSize < limits.chunkSizeMin || chunkSize > limits.chunkSizeMax) return { ok: false, fault: 'chunk-size' };
  const stated = { swarmId, hash, addressing, chunkSize };
  const metadata = integrity === 'merkle' ? stated : { ...stated, integrity };
  return { ok: true, metadata, chunkSizeGiven: options.chunkSize !== undefined };
}

function hashOf({ hashFunction }: HandshakeOptions, integrity: IntegrityMethod): HashFunction | undefined {
  switch (integrity) {
    case 'merkle':
      return hashFunctions.find((name) => hashFunctionCodes[name] === hashFunction);
    case 'none':
      return 'sha256';
  }
}

/** RFC 6709 section 4.1, strategy 5: the ranges of versions must meet; the highest of both is then spoken, which is ours. */
function versionsMeet({ version: theirs = 0, minimumVersion = theirs }: HandshakeOptions): boolean {
  return theirs >= protocolVersion && minimumVersion <= protocolVersion;
}
