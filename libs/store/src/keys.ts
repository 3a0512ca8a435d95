/**
 * The store's keys and values, all of them. Numbers are big-endian, so that keys sort as numbers do.
 *
 *     swarms   swarm ID                           number u32, hash u8, addressing u8, peaks u16, chunk size u32,
 *                                                 first use u32, last use u32, extents held u32, chunk count u64,
 *                                                 content bytes u64 (all ones: not known), stored bytes u64, peak hashes
 *     extents  swarm number u32, index u48        content bytes u32, hash u8, 3 bytes zero; chunks; 127 hashes
 *     hashes   swarm number u32, tier u8, u48     127 hashes
 *     meta     `format`, `next-swarm`             u32
 *     policy   part u32                           what the cache's judgement remembers, cut into parts
 *     rules    as rules/codec.ts has it
 *
 * A swarm number is never used twice: content fetched again after an erasure has a new one, and so never meets what is
 * left of the old. Hash and addressing are those of RFC 7574 sections 7.6 and 7.8. Whoever changes any of this
 * changes `formatVersion`.
 */
import {
  type ChunkAddressing,
  type Extent,
  type HashBlock,
  type HashFunction,
  type SwarmId,
  chunkAddressingCodes,
  chunkAddressings,
  hashBytes,
  hashFunctionCodes,
  hashFunctions,
  subtreeHashes,
} from '@weir/ppspp';
import { StoreError } from './errors';
import { extentHeaderBytes } from './footprint';
import type { SwarmSummary } from './store';

/** Version of what this file describes. */
export const formatVersion = 2;

/** Versions that a writer makes the present one when it opens them: version 1 had fewer databases, and all else alike. */
export const upgradableVersions: readonly number[] = [1];

/** Names of the databases. */
export const databaseNames = {
  swarms: 'swarms',
  extents: 'extents',
  hashes: 'hashes',
  meta: 'meta',
  policy: 'policy',
  rules: 'rules',
} as const;

/** Keys of `meta`. */
export const metaKeys = { format: Buffer.from('format'), nextSwarm: Buffer.from('next-swarm') } as const;

/** A swarm's summary under its number. */
export interface SwarmEntry extends SwarmSummary {
  readonly number: number;
}

const swarmHeaderBytes = 48;
const unknownBytes = 2n ** 64n - 1n;

/** Key of a swarm in `swarms`. */
export function swarmKey(swarmId: SwarmId): Buffer {
  return Buffer.from(swarmId, 'hex');
}

/** The swarm ID of a key in `swarms`. */
export function swarmIdOf(key: Uint8Array): SwarmId {
  return bufferOver(key).toString('hex');
}

/** Value of a swarm in `swarms`. */
export function encodeSwarm(entry: SwarmEntry): Buffer {
  const { metadata, chunkCount, contentBytes, peaks } = entry.record;
  const value = Buffer.alloc(swarmHeaderBytes + peaks.length * hashBytes[metadata.hash]);
  value.writeUInt32BE(entry.number, 0);
  value.writeUInt8(hashFunctionCodes[metadata.hash], 4);
  value.writeUInt8(chunkAddressingCodes[metadata.addressing], 5);
  value.writeUInt16BE(peaks.length, 6);
  value.writeUInt32BE(metadata.chunkSize, 8);
  value.writeUInt32BE(entry.firstUse, 12);
  value.writeUInt32BE(entry.lastUse, 16);
  value.writeUInt32BE(entry.extentsHeld, 20);
  value.writeBigUInt64BE(BigInt(chunkCount), 24);
  value.writeBigUInt64BE(contentBytes === undefined ? unknownBytes : BigInt(contentBytes), 32);
  value.writeBigUInt64BE(BigInt(entry.storedBytes), 40);
  peaks.forEach((peak, at) => value.set(peak, swarmHeaderBytes + at * hashBytes[metadata.hash]));
  return value;
}

/** What readers of the store see of an entry. */
export function summaryOf({ record, extentsHeld, storedBytes, firstUse, lastUse }: SwarmEntry): SwarmSummary {
  return { record, extentsHeld, storedBytes, firstUse, lastUse };
}

/** The swarm number in a value of `swarms`, without the rest. */
export function decodeSwarmNumber(value: Uint8Array): number {
  return decodeCount(value.subarray(0, 4));
}

/** Mirror of `encodeSwarm`; the entry keeps nothing of `bytes`. */
export function decodeSwarm(swarmId: SwarmId, bytes: Uint8Array): SwarmEntry {
  const value = bufferOver(bytes);
  if (value.length < swarmHeaderBytes) throw corrupt('the record of a swarm is too short', { swarmId });
  const hash = hashOf(value.readUInt8(4));
  const addressing = addressingOf(value.readUInt8(5));
  if (hash === undefined || addressing === undefined) throw corrupt('the record of a swarm is unknown', { swarmId });
  const peaks = hashesOf(value.subarray(swarmHeaderBytes), hashBytes[hash]);
  if (peaks.length !== value.readUInt16BE(6)) throw corrupt('the record of a swarm lost peaks', { swarmId });
  const contentBytes = value.readBigUInt64BE(32);
  return {
    number: value.readUInt32BE(0),
    record: {
      metadata: { swarmId, hash, addressing, chunkSize: value.readUInt32BE(8) },
      chunkCount: Number(value.readBigUInt64BE(24)),
      peaks,
      contentBytes: contentBytes === unknownBytes ? undefined : Number(contentBytes),
    },
    firstUse: value.readUInt32BE(12),
    lastUse: value.readUInt32BE(16),
    extentsHeld: value.readUInt32BE(20),
    storedBytes: Number(value.readBigUInt64BE(40)),
  };
}

/** Key of an extent in `extents`. Index 0 of the next swarm number is the end of a swarm's range. */
export function extentKey(swarm: number, index: number): Buffer {
  const key = Buffer.alloc(10);
  key.writeUInt32BE(swarm, 0);
  key.writeUIntBE(index, 4, 6);
  return key;
}

/** Mirror of `extentKey`. */
export function decodeExtentKey(key: Uint8Array): { swarm: number; index: number } {
  const bytes = bufferOver(key);
  return { swarm: bytes.readUInt32BE(0), index: bytes.readUIntBE(4, 6) };
}

/** Bytes of an extent's value. */
export function extentValueBytes({ bytes, hashes }: Extent): number {
  return extentHeaderBytes + bytes.length + hashes.length;
}

/** Writes an extent's value to the beginning of `target`. Shared memory is copied here: LMDB crashes on it. */
export function encodeExtent(extent: Extent, hash: HashFunction, target: Buffer): void {
  target.writeUInt32BE(extent.bytes.length, 0);
  target.writeUInt32BE(hashFunctionCodes[hash] * 2 ** 24, 4);
  target.set(extent.bytes, extentHeaderBytes);
  target.set(extent.hashes, extentHeaderBytes + extent.bytes.length);
}

/** Mirror of `encodeExtent`; the extent is a view of `value`. */
export function decodeExtent(index: number, value: Uint8Array): Extent {
  const header = bufferOver(value);
  const bytesEnd = extentHeaderBytes + (value.length < extentHeaderBytes ? 0 : header.readUInt32BE(0));
  const hash = value.length < extentHeaderBytes ? undefined : hashOf(header.readUInt8(4));
  if (hash === undefined || value.length !== bytesEnd + subtreeHashes * hashBytes[hash]) {
    throw corrupt('an extent has not the length it states', { index, length: value.length });
  }
  return { index, bytes: value.subarray(extentHeaderBytes, bytesEnd), hashes: value.subarray(bytesEnd) };
}

/** Key of a hash block in `hashes`. Tier 0, index 0 of the next swarm number is the end of a swarm's range. */
export function blockKeyOf(swarm: number, tier: number, index: number): Buffer {
  const key = Buffer.alloc(11);
  key.writeUInt32BE(swarm, 0);
  key.writeUInt8(tier, 4);
  key.writeUIntBE(index, 5, 6);
  return key;
}

/** Mirror of `blockKeyOf`. */
export function decodeBlockKey(key: Uint8Array): { swarm: number; tier: number; index: number } {
  const bytes = bufferOver(key);
  return { swarm: bytes.readUInt32BE(0), tier: bytes.readUInt8(4), index: bytes.readUIntBE(5, 6) };
}

/** A hash block from its key and value. */
export function decodeBlock(key: Uint8Array, hashes: Uint8Array): HashBlock {
  const { tier, index } = decodeBlockKey(key);
  return { tier, index, hashes };
}

/** Value of a number in `meta`. */
export function encodeCount(count: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(count, 0);
  return value;
}

/** Mirror of `encodeCount`. */
export function decodeCount(value: Uint8Array): number {
  if (value.length !== 4) throw corrupt('a counter has not four bytes', { length: value.length });
  return bufferOver(value).readUInt32BE(0);
}

function hashOf(code: number): HashFunction | undefined {
  return hashFunctions.find((hash) => hashFunctionCodes[hash] === code);
}

function addressingOf(code: number): ChunkAddressing | undefined {
  return chunkAddressings.find((addressing) => chunkAddressingCodes[addressing] === code);
}

function hashesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let from = 0; from + size <= bytes.length; from += size)
    hashes.push(Uint8Array.from(bytes.subarray(from, from + size)));
  return hashes;
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function corrupt(what: string, details: Readonly<Record<string, string | number>>): StoreError {
  return new StoreError('STORE_CORRUPT', `The store breaks its format: ${what}. Erase it, or restore a copy.`, details);
}
