import {
  type Extent,
  type HashBlock,
  type SwarmRecord,
  extentChunks,
  hashBytes,
  integrityOf,
  subtreeHashes,
} from '@weir/ppspp';
import { chunksOf } from './footprint';
import { swarmIdBytesMax, tiersMax } from './limits';

const swarmIdText = /^(?:[0-9a-f]{2})+$/;
const chunkSizeMax = 2 ** 32 - 1;

/** True for a swarm ID that can be a key. */
export function validSwarmId(swarmId: string): boolean {
  return swarmId.length <= 2 * swarmIdBytesMax && swarmIdText.test(swarmId);
}

/** True for an index that can be in a key. */
export function validIndex(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < 2 ** 48;
}

/**
 * True for a record whose numbers fit the store's format and whose hashes have their function's length. What nothing
 * protects is never stored: only verified content is.
 */
export function wellFormedRecord({ metadata, chunkCount, contentBytes, peaks }: SwarmRecord): boolean {
  const { swarmId, chunkSize, hash } = metadata;
  const counts = [chunkSize, chunkCount, contentBytes ?? 1];
  return (
    validSwarmId(swarmId) &&
    integrityOf(metadata) === 'merkle' &&
    counts.every((count) => Number.isSafeInteger(count) && count > 0) &&
    chunkSize <= chunkSizeMax &&
    peaks.length <= Number.MAX_SAFE_INTEGER.toString(2).length &&
    peaks.every((peak) => peak.length === hashBytes[hash])
  );
}

/** True for an extent of exactly the chunks its number calls for; only the content's last chunk may be short. */
export function wellFormedExtent(record: SwarmRecord, { index, bytes, hashes }: Extent): boolean {
  const { hash, chunkSize } = record.metadata;
  const chunks = validIndex(index) ? chunksOf(record, index) : 0;
  const last = (index + 1) * extentChunks >= record.chunkCount;
  const bytesMin = last ? (chunks - 1) * chunkSize + 1 : chunks * chunkSize;
  const rightSize = bytes.length >= bytesMin && bytes.length <= chunks * chunkSize;
  return chunks > 0 && rightSize && hashes.length === subtreeHashes * hashBytes[hash];
}

/** True for a block that fits its key and its page. */
export function wellFormedBlock(record: SwarmRecord, { tier, index, hashes }: HashBlock): boolean {
  const validTier = Number.isInteger(tier) && tier >= 1 && tier <= tiersMax;
  return validTier && validIndex(index) && hashes.length === subtreeHashes * hashBytes[record.metadata.hash];
}

/** True if both records can be of one content: then an extent's number means the same bytes in both. */
export function sameContent(one: SwarmRecord, other: SwarmRecord): boolean {
  return (
    one.chunkCount === other.chunkCount &&
    one.metadata.chunkSize === other.metadata.chunkSize &&
    one.metadata.hash === other.metadata.hash
  );
}
