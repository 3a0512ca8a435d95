import {
  combine,
  extentHeight,
  hashBytes,
  type HashBlock,
  isZero,
  mendedBlock,
  placeOf,
  type Proof,
  subtreeHash,
  type SwarmRecord,
} from '@weir/ppspp';
import { StoreError } from '../errors';
import { blockKeyOf, decodeBlock, decodeBlockKey, decodeExtent, extentKey, isWholeBlock } from '../keys';

/** What stands under a key of the swarm; undefined if it is not there, or not to be had. */
export type Find = (table: 'extents' | 'hashes', key: Uint8Array) => Uint8Array | undefined;

/**
 * A block of hashes that is not what was written, made anew from the extents or blocks that it stands on: at most 64 of them are
 * read. Undefined where nothing of it can be told.
 */
export function mendedFrom(
  record: SwarmRecord,
  { key, value = new Uint8Array(0) }: { readonly key: Uint8Array; readonly value: Uint8Array | undefined },
  find: Find,
): HashBlock | undefined {
  const size = hashBytes[record.metadata.hash];
  const { swarm, tier, index } = decodeBlockKey(key);
  const first = index * 2 ** extentHeight;
  const blocks = new Map<string, Uint8Array | undefined>();
  const blockAt = (ofTier: number, at: number): Uint8Array | undefined => {
    const name = `${ofTier}/${at}`;
    if (!blocks.has(name)) blocks.set(name, wholeBlock(find, blockKeyOf(swarm, ofTier, at)));
    return blocks.get(name);
  };
  const below = (leaf: number): Uint8Array | undefined => {
    if (tier === 1) return rootOfExtent(find, extentKey(swarm, first + leaf), size);
    return rootOfBlock(record, blockAt(tier - 1, first + leaf), size);
  };
  const others: Proof = (height, at) => {
    const { tier: ofTier, block, position } = placeOf(height, at);
    const hash = blockAt(ofTier, block)?.subarray(position * size, (position + 1) * size);
    return hash === undefined || isZero(hash) ? undefined : hash;
  };
  return mendedBlock(record, { broken: decodeBlock(key, value), below, others });
}

function wholeBlock(find: Find, key: Uint8Array): Uint8Array | undefined {
  const value = find('hashes', key);
  return value !== undefined && isWholeBlock(key, value) ? decodeBlock(key, value).hashes : undefined;
}

function rootOfBlock({ metadata }: SwarmRecord, hashes: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (hashes === undefined) return undefined;
  const [left, right] = [0, 1].map((at) => subtreeHash(hashes, size, extentHeight - 1, at));
  const isKnown = left !== undefined && right !== undefined && !isZero(left);
  return isKnown ? combine(metadata.hash, left, right) : undefined;
}

function rootOfExtent(find: Find, key: Uint8Array, size: number): Uint8Array | undefined {
  const value = find('extents', key);
  if (value === undefined) return undefined;
  try {
    return subtreeHash(decodeExtent(key, value).hashes, size, extentHeight, 0).slice();
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
