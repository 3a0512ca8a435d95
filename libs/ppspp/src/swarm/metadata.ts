import type { ChunkAddressing } from '../wire/message';

/** Lower-case hex of the swarm ID; for static content the root of its Merkle hash tree. RFC 7574 section 5.1. */
export type SwarmId = string;

/** The Merkle hash functions that every implementation must support. RFC 7574 section 7.6. */
export type HashFunction = 'sha1' | 'sha256';

/** What a peer must know of a swarm of static content before it can join it. RFC 7574 section 3.1. */
export interface SwarmMetadata {
  readonly swarmId: SwarmId;
  readonly hash: HashFunction;
  readonly addressing: ChunkAddressing;
  /** Bytes of every chunk but the last. A peer that names none opens with 1024 as a guess. */
  readonly chunkSize: number;
}
