import { extentChunks, hashBytes, subtreeHashes } from '@weir/ppspp';
import { extentHeaderBytes, footprint } from './footprint';

/** Chunks' size of a swarm that is not held, if nobody says what it is. */
export const usualChunkSize = 1024;

/** Content bytes that a segment is meant to hold: less costs memory and decisions, more drags along what nobody asks for. */
export const segmentBytes = 256 * 1024;

/** Extents of a segment at most, so that those held of it are told by the bits of one number. */
export const segmentExtentsMax = 32;

/**
 * Extents of one segment: the power of two that comes closest to `segmentBytes` from below, 1 to 32. Four of chunks of 1 KiB, one of
 * chunks of 4 KiB and more.
 */
export function segmentExtents(chunkSize: number): number {
  const extents = segmentBytes / (extentChunks * chunkSize);
  return 2 ** Math.floor(Math.log2(Math.min(segmentExtentsMax, Math.max(1, extents))));
}

/** Bytes on disk of a whole segment, about: with hashes of SHA-256. */
export function segmentFootprint(chunkSize: number): number {
  const valueBytes = extentHeaderBytes + extentChunks * chunkSize + subtreeHashes * hashBytes.sha256;
  return segmentExtents(chunkSize) * footprint(valueBytes);
}
