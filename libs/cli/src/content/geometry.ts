import { extentChunks, rootHeight, type SwarmRecord } from '@weir/ppspp';
import { extentsMax } from '../limits';

/** Height of the Merkle tree's nodes above one extent, and of one tier of hash blocks above another. */
const tierHeight = Math.log2(extentChunks);

/** Extents over so many chunks. */
export function extentCount(chunkCount: number): number {
  return Math.ceil(chunkCount / extentChunks);
}

/** Bytes of every extent but the last. */
export function extentBytes(chunkSize: number): number {
  return extentChunks * chunkSize;
}

/** The most bytes that an extent can have: all but the content's last chunk are full. */
export function extentBytesMax({ metadata, chunkCount }: SwarmRecord, index: number): number {
  return Math.min(extentChunks, chunkCount - index * extentChunks) * metadata.chunkSize;
}

/** How many hash blocks each tier has, from tier 1; none for less than an extent's height. */
export function blocksOfTiers(chunkCount: number): number[] {
  const tiers = Math.floor(rootHeight(chunkCount) / tierHeight);
  return Array.from({ length: tiers }, (_, at) => Math.ceil(chunkCount / extentChunks ** (at + 2)));
}

/** Whether a content has more extents than we keep hashes of. */
export function isTooLarge({ chunkCount }: SwarmRecord): boolean {
  return extentCount(chunkCount) > extentsMax;
}
