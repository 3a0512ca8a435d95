import type { ChunkAddressing } from '../wire/message';

/** Lower-case hex of the swarm ID; for static content the root of its Merkle hash tree. RFC 7574 section 5.1. */
export type SwarmId = string;

/** The Merkle hash functions. RFC 7574 section 7.6; every implementation must support SHA-1 and SHA-256. */
export const hashFunctions = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** One of the Merkle hash functions. */
export type HashFunction = (typeof hashFunctions)[number];

/** What a peer must know of a swarm of static content before it can join it. RFC 7574 section 3.1. */
export interface SwarmMetadata {
  readonly swarmId: SwarmId;
  readonly hash: HashFunction;
  readonly addressing: ChunkAddressing;
  /** Bytes of every chunk but the last. A peer that names none opens with 1024 as a guess. */
  readonly chunkSize: number;
}
