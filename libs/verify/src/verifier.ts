import type { HashFunction } from '@weir/ppspp';

/**
 * Hashes content, somewhere. The answers own their bytes; the bytes given must not change until the answer is there.
 *
 * After `close` every call rejects with a VerifyError.
 */
export interface Verifier {
  /** The hash of each chunk, in order: the leaves of a Merkle hash tree. RFC 7574 section 5.1. */
  leafHashes(hash: HashFunction, chunks: readonly Uint8Array[]): Promise<Uint8Array[]>;

  /** The 127 hashes of an extent, as `subtreeOf` computes them. */
  subtree(hash: HashFunction, bytes: Uint8Array, chunkSize: number): Promise<Uint8Array>;

  /** Waits for what is under way. */
  close(): Promise<void>;
}
