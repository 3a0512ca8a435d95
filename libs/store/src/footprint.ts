import { extentChunks, hashBytes, subtreeHashes, type HashFunction, type SwarmRecord } from '@weir/ppspp';
import { sealBytes } from './integrity/seal';

/** Bytes of a page, set when the database is made, so that the account does not depend on the machine. */
export const pageBytes = 4096;

/** What a page, or a run of pages that holds one value, needs for itself. */
const pageHeaderBytes = 24;

/** Bytes before an extent's chunks. With it, 64 chunks of 1 KiB and their SHA-256 hashes fill 17 pages to the last byte. */
export const extentHeaderBytes = 8;

/** What a swarm's record costs: less than a page, and never more. */
export const recordFootprint = pageBytes;

/** What a hash block costs, its 127 hashes: one page up to SHA-256, two of longer hashes. */
export function blockFootprint(hash: HashFunction): number {
  return footprint(subtreeHashes * hashBytes[hash] + sealBytes);
}

/** Bytes on disk of a value: whole pages. A small one shares a page with others and is counted as if it did not. */
export function footprint(valueBytes: number): number {
  return Math.ceil((valueBytes + pageHeaderBytes) / pageBytes) * pageBytes;
}

/**
 * Bytes on disk of an extent. It follows from the swarm's record alone, so that the account can be made anew from the
 * keys; the content's last chunk counts as a whole one.
 */
export function extentFootprint(record: SwarmRecord, index: number): number {
  const chunkBytes = chunksOf(record, index) * record.metadata.chunkSize;
  return footprint(extentHeaderBytes + chunkBytes + subtreeHashes * hashBytes[record.metadata.hash]);
}

/** Bytes on disk of all extents of a swarm. */
export function contentFootprint(record: SwarmRecord): number {
  const last = Math.ceil(record.chunkCount / extentChunks) - 1;
  return last < 0 ? 0 : last * extentFootprint(record, 0) + extentFootprint(record, last);
}

/** Chunks in the extent: 64, or what is left for the last; 0 beyond the content. */
export function chunksOf(record: SwarmRecord, index: number): number {
  return Math.max(0, Math.min(extentChunks, record.chunkCount - index * extentChunks));
}
