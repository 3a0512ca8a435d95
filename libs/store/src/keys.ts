/**
 * The store's keys and values, all of them. Numbers are big-endian, so that keys sort as numbers do.
 *
 *     swarms   swarm ID                           number u32, hash u8, addressing u8, peaks u16, chunk size u32,
 *                                                 first use u32, last use u32, extents held u32, chunk count u64,
 *                                                 content bytes u64 (all ones: not known), stored bytes u64, peak hashes;
 *                                                 seal
 *     extents  swarm number u32, index u48        seal, hash u8, 1, 2 bytes zero; chunks; 127 hashes
 *     hashes   swarm number u32, tier u8, u48     127 hashes; seal
 *     meta     `format`, `format-copy`,           u32; seal
 *              `next-swarm`
 *     policy   part u32                           what the cache's judgement remembers, cut into parts
 *     rules    as rules/codec.ts has it
 *
 * A seal is CRC-32 over key and value, itself left out. Values that format 1 wrote have none: they end where it would begin, and
 * an extent has its content's bytes as u32 and then 0 in the place of seal and 1.
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
  extentChunks,
  hashBytes,
  hashFunctionCodes,
  hashFunctions,
  subtreeHashes,
} from '@weir/ppspp';
import { copyBytes } from './copy-bytes';
import { StoreError } from './errors';
import { extentHeaderBytes } from './footprint';
import { seal, sealBytes, sealOf, unsealed } from './integrity/seal';
import type { SwarmSummary } from './store';

/** Version of what this file describes. */
export const formatVersion = 2;

/** Versions that a writer makes the present one when it opens them: version 1 had fewer databases, and no seals. */
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
export const metaKeys = {
  format: Buffer.from('format'),
  /** What stands for the format should its own number break. */
  formatCopy: Buffer.from('format-copy'),
  nextSwarm: Buffer.from('next-swarm'),
} as const;

/** A swarm's summary under its number. */
export interface SwarmEntry extends SwarmSummary {
  readonly number: number;
}

/** What the seal of an extent covers begins here. */
const sealedFrom = 4;
const markAt = 5;
const sealedMark = 1;

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
  return seal(swarmKey(metadata.swarmId), value);
}

/** What readers of the store see of an entry. */
export function summaryOf({ record, extentsHeld, storedBytes, firstUse, lastUse }: SwarmEntry): SwarmSummary {
  return { record, extentsHeld, storedBytes, firstUse, lastUse };
}

/** The swarm number in a value of `swarms`, without the rest. Throws STORE_CORRUPT for a record that is not what was written. */
export function decodeSwarmNumber(key: Uint8Array, value: Uint8Array): number {
  return bufferOver(recordIn(key, value)).readUInt32BE(0);
}

/** A swarm's number, and how long a value of one of its extents can be; undefined for a record without a seal, or with a wrong one. */
export function sealedSwarm(key: Uint8Array, value: Uint8Array): { number: number; valueBytesMax: number } | undefined {
  const sealed = unsealed(key, value);
  const size = sealed && sizeOf(sealed[4] ?? 0);
  if (sealed === undefined || size === undefined || sealed.length < swarmHeaderBytes) return undefined;
  const record = bufferOver(sealed);
  const contentBytesMax = extentChunks * record.readUInt32BE(8);
  return { number: record.readUInt32BE(0), valueBytesMax: extentHeaderBytes + contentBytesMax + subtreeHashes * size };
}

/** Mirror of `encodeSwarm`; the entry keeps nothing of `bytes`. Throws STORE_CORRUPT for a record that is not what was written. */
export function decodeSwarm(swarmId: SwarmId, bytes: Uint8Array): SwarmEntry {
  const value = bufferOver(recordIn(swarmKey(swarmId), bytes));
  const hash = hashOf(value.readUInt8(4));
  const addressing = addressingOf(value.readUInt8(5));
  if (hash === undefined || addressing === undefined) throw corrupt('the record of a swarm is unknown', { swarmId });
  const contentBytes = value.readBigUInt64BE(32);
  return {
    number: value.readUInt32BE(0),
    record: {
      metadata: { swarmId, hash, addressing, chunkSize: value.readUInt32BE(8) },
      chunkCount: Number(value.readBigUInt64BE(24)),
      peaks: hashesOf(value.subarray(swarmHeaderBytes), hashBytes[hash]),
      contentBytes: contentBytes === unknownBytes ? undefined : Number(contentBytes),
    },
    firstUse: value.readUInt32BE(12),
    lastUse: value.readUInt32BE(16),
    extentsHeld: value.readUInt32BE(20),
    storedBytes: Number(value.readBigUInt64BE(40)),
  };
}

/** A swarm's value without its seal, as long as its own numbers say. */
function recordIn(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const header = bufferOver(bytes);
  const size = bytes.length < swarmHeaderBytes ? undefined : sizeOf(header.readUInt8(4));
  const length = size === undefined ? 0 : swarmHeaderBytes + header.readUInt16BE(6) * size;
  const record = bytes.length === length + sealBytes ? unsealed(key, bytes) : bytes;
  if (record?.length === length) return record;
  throw corrupt('the record of a swarm is not what was written', { swarmId: swarmIdOf(key) });
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
  return { swarm: numberIn(key, 0, 4), index: numberIn(key, 4, 10) };
}

/** Bytes of an extent's value. */
export function extentValueBytes({ bytes, hashes }: Extent): number {
  return extentHeaderBytes + bytes.length + hashes.length;
}

/**
 * Writes an extent's value, for `key`, to the beginning of `target`, and answers how long it is. Shared memory is copied here: LMDB
 * crashes on it.
 */
export function encodeExtent(key: Uint8Array, { bytes, hashes }: Extent, hash: HashFunction, target: Buffer): number {
  const end = extentHeaderBytes + bytes.length + hashes.length;
  target.writeUInt32BE(hashFunctionCodes[hash] * 2 ** 24 + sealedMark * 2 ** 16, sealedFrom);
  copyBytes(target, bytes, extentHeaderBytes);
  copyBytes(target, hashes, extentHeaderBytes + bytes.length);
  target.writeUInt32BE(sealOf(key, target.subarray(sealedFrom, end)), 0);
  return end;
}

/** Mirror of `encodeExtent`; the extent is a view of `value`. Throws STORE_CORRUPT for one that is not what was written. */
export function decodeExtent(key: Uint8Array, value: Uint8Array): Extent {
  const extent = value[markAt] === sealedMark ? sealedExtent(key, value) : unsealedExtent(key, value);
  if (extent !== undefined) return extent;
  const { index } = decodeExtentKey(key);
  throw corrupt('an extent is not what was written', { index, length: value.length });
}

/** The same of a value that may be anything: undefined for what has no seal, or a wrong one. */
export function sealedExtent(key: Uint8Array, value: Uint8Array): Extent | undefined {
  const isWhole =
    value[markAt] === sealedMark && sealOf(key, value.subarray(sealedFrom)) === bufferOver(value).readUInt32BE(0);
  return isWhole ? extentIn(key, value) : undefined;
}

function unsealedExtent(key: Uint8Array, value: Uint8Array): Extent | undefined {
  const extent = extentIn(key, value);
  return extent?.bytes.length === bufferOver(value).readUInt32BE(0) ? extent : undefined;
}

function extentIn(key: Uint8Array, value: Uint8Array): Extent | undefined {
  const size = value.length < extentHeaderBytes ? undefined : sizeOf(value[sealedFrom] ?? 0);
  const bytesEnd = size === undefined ? 0 : value.length - subtreeHashes * size;
  if (bytesEnd < extentHeaderBytes) return undefined;
  const { index } = decodeExtentKey(key);
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
  return { swarm: numberIn(key, 0, 4), tier: numberIn(key, 4, 5), index: numberIn(key, 5, 11) };
}

/** Value of a hash block under its key. */
export function encodeBlock(key: Uint8Array, { hashes }: HashBlock): Buffer {
  return seal(key, hashes);
}

/** A hash block from its key and value. Without a seal, or with a wrong one, its hashes are claims like a peer's, and no worse. */
export function decodeBlock(key: Uint8Array, value: Uint8Array): HashBlock {
  const { tier, index } = decodeBlockKey(key);
  const length = value.length - (value.length % subtreeHashes);
  return { tier, index, hashes: value.subarray(0, length) };
}

/** False for a hash block that is not what was written, as far as that can be told. */
export function isWholeBlock(key: Uint8Array, value: Uint8Array): boolean {
  return value.length % subtreeHashes === 0 || unsealed(key, value) !== undefined;
}

/** Value of a number in `meta`. */
export function encodeCount(key: Uint8Array, count: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(count, 0);
  return seal(key, value);
}

/** Mirror of `encodeCount`; undefined for a number that is not what was written. */
export function decodeCount(key: Uint8Array, value: Uint8Array): number | undefined {
  const count = value.length === 4 ? value : unsealed(key, value);
  return count?.length === 4 ? bufferOver(count).readUInt32BE(0) : undefined;
}

/** Big-endian. A start reads a million keys: a Buffer over each of them would take most of its time. */
function numberIn(bytes: Uint8Array, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end; at++) number = number * 256 + (bytes[at] ?? 0);
  return number;
}

function hashOf(code: number): HashFunction | undefined {
  return hashFunctions.find((hash) => hashFunctionCodes[hash] === code);
}

function sizeOf(code: number): number | undefined {
  const hash = hashOf(code);
  return hash && hashBytes[hash];
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
