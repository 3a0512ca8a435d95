import { widthAt } from '../addressing/node';
import { extentChunks, subtreeHashes } from '../swarm/content';
import type { HashFunction } from '../swarm/metadata';
import { combine, digest, hashBytes } from './hash';

/** Height of an extent's root: its 64 chunks are the leaves. */
export const extentHeight = 6;

/** Where the node of `height` and local `index` stands among the 127 hashes, in bin order. RFC 7574 section 4.2. */
export function subtreePosition(height: number, index: number): number {
  return (2 * index + 1) * widthAt(height) - 1;
}

/**
 * The 127 hashes over an extent's bytes, laid out as `Extent.hashes` says.
 *
 * `bytes` holds 1 to 64 chunks of `chunkSize`; the last may be shorter. Content of no byte at all has no extent.
 */
export function subtreeOf(hash: HashFunction, bytes: Uint8Array, chunkSize: number): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let from = 0; from < bytes.length && leaves.length < extentChunks; from += chunkSize) {
    leaves.push(digest(hash, bytes.subarray(from, Math.min(from + chunkSize, bytes.length))));
  }
  return subtreeOfLeaves(hash, leaves);
}

/** The 127 hashes over up to 64 leaf hashes; the missing leaves are empty ones. */
export function subtreeOfLeaves(hash: HashFunction, leaves: readonly Uint8Array[]): Uint8Array {
  const size = hashBytes[hash];
  const hashes = new Uint8Array(subtreeHashes * size);
  const place = (height: number, index: number, value: Uint8Array): void => {
    hashes.set(value, subtreePosition(height, index) * size);
  };
  leaves.forEach((leaf, index) => {
    place(0, index, leaf);
  });
  for (let height = 1; height <= extentHeight; height++) {
    // Nodes over nothing but empty leaves stay zero, as the array begins.
    const filled = Math.ceil(leaves.length / 2 ** height);
    for (let index = 0; index < filled; index++) {
      const left = subtreeHash(hashes, size, height - 1, index * 2);
      const right = subtreeHash(hashes, size, height - 1, index * 2 + 1);
      place(height, index, combine(hash, left, right));
    }
  }
  return hashes;
}

/** A view of one hash of a subtree; `size` is the bytes of one hash. */
export function subtreeHash(hashes: Uint8Array, size: number, height: number, index: number): Uint8Array {
  const from = subtreePosition(height, index) * size;
  return hashes.subarray(from, from + size);
}
