import type { ChunkAddressing } from '../addressing/method';

/**
 * Lower-case hex of the swarm ID: the root of the content's Merkle hash tree (RFC 7574 section 5.1), or any bytes where
 * nothing protects the content's integrity.
 */
export type SwarmId = string;

/** The Merkle hash functions. RFC 7574 section 7.6; every implementation must support SHA-1 and SHA-256. */
export const hashFunctions = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** One of the Merkle hash functions. */
export type HashFunction = (typeof hashFunctions)[number];

/**
 * How a swarm's content is protected, RFC 7574 section 7.5: `merkle` by the hash tree of static content; `none` not at
 * all, for networks in which nobody lies (section 5).
 */
export const integrityMethods = ['merkle', 'none'] as const;

/** One of the content integrity protection methods that are spoken here. */
export type IntegrityMethod = (typeof integrityMethods)[number];

/** What a peer must know of a swarm of static content before it can join it. RFC 7574 section 3.1. */
export interface SwarmMetadata {
  readonly swarmId: SwarmId;
  /** Left out means `merkle`. */
  readonly integrity?: IntegrityMethod;
  /** Of the Merkle hash tree; means nothing without one. */
  readonly hash: HashFunction;
  readonly addressing: ChunkAddressing;
  /** Bytes of every chunk but the last. A peer that names none opens with 1024 as a guess. */
  readonly chunkSize: number;
  /**
   * Bytes of the content, as far as whoever named the swarm stated them. A Merkle hash tree proves its size itself, but for
   * content of exactly two hashes; without one, this is where the size comes from.
   */
  readonly contentBytes?: number;
}

/** The method of a swarm, with the default. */
export function integrityOf({ integrity }: SwarmMetadata): IntegrityMethod {
  return integrity ?? 'merkle';
}

/** Chunks of the content by its stated size; undefined if none is stated. */
export function statedChunks({ contentBytes, chunkSize }: SwarmMetadata): number | undefined {
  return contentBytes === undefined ? undefined : Math.ceil(contentBytes / chunkSize);
}

/** Where bytes are what is addressed, another chunk size means other chunks. RFC 7574 section 4.1.2. */
export function areAddressedAlike(one: SwarmMetadata, other: SwarmMetadata): boolean {
  if (one.hash !== other.hash || one.addressing !== other.addressing) return false;
  return one.addressing !== 'byte64' || one.chunkSize === other.chunkSize;
}
