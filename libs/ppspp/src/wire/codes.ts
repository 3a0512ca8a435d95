import type { ChunkAddressing } from '../addressing/method';
import type { Message } from './message';

/** The first byte of each message. RFC 7574 section 8.2, table 7. */
export const messageCodes = {
  handshake: 0,
  data: 1,
  ack: 2,
  have: 3,
  integrity: 4,
  'pex-response-v4': 5,
  'pex-request': 6,
  request: 8,
  cancel: 9,
  choke: 10,
  unchoke: 11,
  'pex-response-v6': 12,
  'pex-certificate': 13,
} as const satisfies Record<Message['type'], number>;

/** Codes of the options in a HANDSHAKE. RFC 7574 section 7, table 2. */
export const optionCodes = {
  version: 0,
  minimumVersion: 1,
  swarmId: 2,
  integrityMethod: 3,
  hashFunction: 4,
  liveSignatureAlgorithm: 5,
  chunkAddressing: 6,
  liveDiscardWindow: 7,
  supportedMessages: 8,
  chunkSize: 9,
  end: 255,
} as const;

/** Values of the version options. RFC 7574 section 7.2, table 3. */
export const protocolVersion = 1;

/** Values of the content integrity protection method. RFC 7574 section 7.5, table 4. */
export const integrityMethodCodes = { none: 0, merkleHashTree: 1, signAll: 2, unifiedMerkleTree: 3 } as const;

/** Values of the Merkle hash function. RFC 7574 section 7.6, table 5. */
export const hashFunctionCodes = { sha1: 0, sha224: 1, sha256: 2, sha384: 3, sha512: 4 } as const;

/** Values of the chunk addressing method. RFC 7574 section 7.8, table 6. */
export const chunkAddressingCodes = {
  bin32: 0,
  byte64: 1,
  chunk32: 2,
  bin64: 3,
  chunk64: 4,
} as const satisfies Record<ChunkAddressing, number>;

/** Bytes of a chunk of a peer that names no chunk size, until a verified chunk tells. RFC 7574 section 8.1. */
export const chunkSizeGuess = 1_024;
