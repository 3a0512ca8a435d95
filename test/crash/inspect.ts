import { hashBytes, HashTree, isZero, placeOf, subtreeOf, type Extent, type OpenedContent } from '@weir/ppspp';
import { openLmdbReader, openLmdbWriter, RuleBook, StoreError, type StoreReader } from '@weir/store';
import {
  blockFootprint,
  decodeBlockKey,
  decodeExtentKey,
  extentFootprint,
  openForReading,
  recordFootprint,
} from '../../libs/store/src/inside.testing';
import type { Tables } from './tables';

/** What was found in a store after its process was killed. */
export interface Findings {
  /** Everything that must not be, in words. */
  readonly faults: string[];
  /** Which of the possible contents it was. */
  readonly tables: Tables | undefined;
  readonly extents: number;
  /** Extents of a torn file that are not what was written: whoever reads them is told, or finds out. */
  readonly damaged: number;
  readonly openMillis: number;
}

/** What is known of a store before it is looked at. */
export interface Expected {
  readonly capacityBytes: number;
  /** What it may hold; anything, if the machine went down with it and its file is torn. */
  readonly possible: readonly Tables[] | 'torn';
}

/** A start has to be quick whatever came before it: with a million extents two seconds are promised, and here are some hundred. */
const openMillisMax = 2_000;

/**
 * Looks at a store that nobody has open. It is opened for writing too, and swept, as an appliance would: give it a copy if that
 * must not show.
 */
export async function inspect(directory: string, { capacityBytes, possible }: Expected): Promise<Findings> {
  const faults: string[] = [];
  // One that has not come to it yet is brought to our format first: readers see nothing in it.
  const withEmpty = await isReadable(directory);
  // A capacity that was lowered meanwhile must not show yet.
  if (!withEmpty) await openLmdbWriter({ directory, capacityBytes: 2 ** 40 }).close();
  const reader = openLmdbReader(directory);
  const { found, extents, wrong } = await contentsOf(reader, faults);
  const isTorn = possible === 'torn';
  const tables = isTorn
    ? undefined
    : possible.find((one) => one.contents({ withEmpty }).join('\n') === found.join('\n'));
  if (tables === undefined && !isTorn) faults.push(difference(found, possible));
  if (!isTorn) faults.push(...wrong);
  await reader.close();
  const began = performance.now();
  const writer = openLmdbWriter({ directory, capacityBytes });
  const openMillis = performance.now() - began;
  if (openMillis > openMillisMax) faults.push(`opening took ${openMillis.toFixed(0)} ms`);
  while (writer.sweep());
  const { storedBytes } = writer.usage();
  const swept = openLmdbReader(directory);
  const counted = await recount(swept);
  if (counted !== storedBytes) faults.push(`the account says ${storedBytes} bytes, the keys ${counted}`);
  if (storedBytes > capacityBytes) faults.push(`${storedBytes} bytes are stored, ${capacityBytes} may be`);
  await swept.close();
  await writer.close();
  faults.push(...(await orphansOf(directory)));
  return { faults, tables, extents, damaged: wrong.length, openMillis };
}

async function isReadable(directory: string): Promise<boolean> {
  const environment = openForReading(directory);
  await environment?.root.close();
  return environment !== undefined;
}

interface FoundSwarm {
  readonly swarmId: string;
  readonly extentsHeld: number;
  readonly storedBytes: number;
  readonly extents: readonly number[];
  readonly blocks: readonly string[];
}

interface Contents {
  readonly found: string[];
  readonly extents: number;
  readonly wrong: string[];
}

/** A value that is told to be damaged is one more that is not right; all else must not happen. */
function isNotCorrupt(error: unknown): boolean {
  if (error instanceof StoreError && error.code === 'STORE_CORRUPT') return false;
  throw error;
}

/** In the form of `Tables.contents`; what it reads is verified as before a serve. */
async function contentsOf(reader: StoreReader, faults: string[]): Promise<Contents> {
  let extents = 0;
  const wrong: string[] = [];
  const rules = new RuleBook(reader.rules());
  const found: FoundSwarm[] = [];
  for (const { record, extentsHeld, storedBytes } of reader.swarms()) {
    const { swarmId } = record.metadata;
    if (rules.isBlocked(swarmId)) faults.push(`${swarmId} is blocked, and there`);
    const opened = await reader.open(swarmId);
    if (opened === undefined) {
      faults.push(`${swarmId} is listed and cannot be opened`);
      continue;
    }
    if (opened.extents.length !== extentsHeld) faults.push(`${swarmId} says ${extentsHeld} extents, and has others`);
    const bytes = storedBytesOf(opened);
    if (bytes !== storedBytes) faults.push(`${swarmId} says ${storedBytes} bytes, and has ${bytes}`);
    for (const index of opened.extents) {
      const isWhole = await reader.read(swarmId, index).then((extent) => isRight(opened, extent), isNotCorrupt);
      if (isWhole) extents++;
      else wrong.push(`extent ${index} of ${swarmId} does not lead to its root`);
    }
    const blocks = opened.blocks.map(({ tier, index }) => `${tier}/${index}`).sort();
    found.push({ swarmId, ...{ extentsHeld, storedBytes }, extents: opened.extents, blocks });
  }
  const swarms = found.sort((one, other) => (one.swarmId < other.swarmId ? -1 : 1));
  const texts = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one));
  return { found: [...texts(swarms), ...texts(reader.rules()).sort()], extents, wrong };
}

function storedBytesOf({ record, extents, blocks }: OpenedContent): number {
  const ofBlocks = blocks.length * blockFootprint(record.metadata.hash);
  return extents.reduce((sum, index) => sum + extentFootprint(record, index), recordFootprint + ofBlocks);
}

/** Whether its bytes have its 127 hashes, and these lead to the swarm's root by the hashes stored above them. */
function isRight({ record, blocks }: OpenedContent, extent: Extent | undefined): boolean {
  if (extent === undefined) return false;
  const { hash, chunkSize, swarmId } = record.metadata;
  const computed = subtreeOf(hash, extent.bytes, chunkSize);
  if (Buffer.compare(computed, extent.hashes) !== 0) return false;
  const tree = new HashTree(hash, Buffer.from(swarmId, 'hex'));
  if (!tree.adoptPeaks(record.chunkCount, record.peaks)) return false;
  const size = hashBytes[hash];
  const proof = (height: number, index: number): Uint8Array | undefined => {
    const { tier, block, position } = placeOf(height, index);
    const hashes = blocks.find((one) => one.tier === tier && one.index === block)?.hashes;
    const found = hashes?.subarray(position * size, (position + 1) * size);
    return found === undefined || isZero(found) ? undefined : found;
  };
  return tree.admitExtent(extent.index, computed, proof) === 'verified';
}

async function recount(reader: StoreReader): Promise<number> {
  let bytes = 0;
  for (const { record } of reader.swarms()) {
    const opened = await reader.open(record.metadata.swarmId);
    if (opened !== undefined) bytes += storedBytesOf(opened);
  }
  return bytes;
}

/** Keys of swarms that have no record: a sweep leaves none. */
async function orphansOf(directory: string): Promise<string[]> {
  const environment = openForReading(directory);
  if (environment === undefined) return ['there is no store'];
  const numbers = new Set([...environment.swarms.getRange()].map(({ value }) => value.readUInt32BE(0)));
  const orphans = [
    ...[...environment.extents.getKeys()].map(decodeExtentKey),
    ...[...environment.hashes.getKeys()].map(decodeBlockKey),
  ].filter(({ swarm }) => !numbers.has(swarm));
  await environment.root.close();
  return orphans.slice(0, 3).map(({ swarm, index }) => `an orphan: swarm ${swarm}, index ${index}`);
}

function difference(found: readonly string[], possible: readonly Tables[]): string {
  const told = possible.map((tables) => {
    const theirs = tables.contents({ withEmpty: true });
    const missing = theirs.filter((text) => !found.includes(text));
    const extra = found.filter((text) => !theirs.includes(text));
    return `missing ${missing.join(' ')}; in their place ${extra.join(' ')}`;
  });
  return `the store is neither as before the last transaction nor as after it: ${told.join(' | ')}`;
}
