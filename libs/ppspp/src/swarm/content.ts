import type { SwarmMetadata } from './metadata';

/** Chunks in an extent: what is read, verified, stored and sent at a time. */
export const extentChunks = 64;

/** Hashes of a complete subtree over 64 leaves. */
export const subtreeHashes = 127;

/**
 * 64 aligned chunks with the hashes of their whole subtree. The last extent of a content holds what is left.
 *
 * `hashes` lays the 127 hashes of the subtree one after the other in bin order (RFC 7574 section 4.2): the hash of
 * local chunk `i` stands at `2 i`, the node of height `h` and index `j` at `j 2^(h+1) + 2^h - 1`, so that the
 * subtree's root stands at 63. Leaves beyond the content, and nodes over nothing else, are all zeros.
 */
export interface Extent {
  /** The extent's number: its first chunk is `64 * index`. */
  readonly index: number;
  /** The chunks' bytes, one after the other; only the content's last chunk may be shorter than the others. */
  readonly bytes: Uint8Array;
  readonly hashes: Uint8Array;
}

/**
 * Hashes above the extents, 64 nodes wide: tier 1 has the extents' roots as its leaves, tier 2 the roots of 64 blocks of
 * tier 1, and so on. Laid out as an extent's hashes. A node not yet known, or beyond the content, is all zeros.
 */
export interface HashBlock {
  readonly tier: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

/** What is known of a swarm's content beside its extents: written with the first verified extent, and proven by it. */
export interface SwarmRecord {
  readonly metadata: SwarmMetadata;
  readonly chunkCount: number;
  /** The peak hashes, left to right; which nodes they are follows from `chunkCount`. RFC 7574 section 5.6.1. */
  readonly peaks: readonly Uint8Array[];
  /** Bytes of the whole content, known once its last chunk is verified; undefined before. */
  readonly contentBytes: number | undefined;
}
