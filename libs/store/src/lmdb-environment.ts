import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '@weir/ppspp';
import { type Database, type RootDatabase, type RootDatabaseOptionsWithPath, open } from 'lmdb';
import { makeDirectory } from './directory';
import { StoreError } from './errors';
import { pageBytes } from './footprint';
import { databaseNames, decodeCount, encodeCount, formatVersion, metaKeys, upgradableVersions } from './keys';
import { readersMax } from './limits';
import { ReadGuard } from './read-guard';
import { warmReaderTable } from './reader-table';

/** One of the databases. */
export type Table = Database<Buffer, Buffer>;

type Tables = Readonly<Record<keyof typeof databaseNames, Table>>;
type Root = RootDatabase<Buffer, Buffer>;

/** The databases of one directory. */
export interface Environment extends Tables {
  readonly root: Root;
  /** The file that is mapped. */
  readonly file: string;
  /** What reads the map goes through it. */
  readonly guard: ReadGuard;
}

/** Half of what a process can address; LMDB maps more anyway once a file needs it. */
const mapBytesMax = 2 ** 46;

const bytesAsTheyAre = { encoding: 'binary', keyEncoding: 'binary' } as const;
const opening = { ...bytesAsTheyAre, noSubdir: false, pageSize: pageBytes, maxDbs: 8, maxReaders: readersMax };

/**
 * Opens a directory for its writer, and makes it if need be; one of an older format that differs in its databases alone is given
 * what it lacks. Throws STORE_FORMAT for another format's store.
 *
 * Commits are durable when they return, LMDB's default. The map has room for `capacityBytes` twice over from the
 * start, address space alone, so that growing hardly ever maps the file anew under the readers.
 */
export function openForWriting(directory: string, capacityBytes: number): Environment {
  makeDirectory(directory);
  warmReaderTable(directory);
  const mapSize = Math.min(mapBytesMax, Math.ceil((2 * capacityBytes) / pageBytes) * pageBytes);
  const environment = opened({ ...opening, path: directory, mapSize }, (root) => tablesToWrite(root, directory));
  invariant(environment !== undefined, 'a writer makes what is not there');
  return environment;
}

/** Opens a directory for reading; undefined while no writer has made it. Throws STORE_FORMAT for another format's. */
export function openForReading(directory: string): Environment | undefined {
  if (!existsSync(fileIn(directory))) return undefined;
  return opened({ ...opening, path: directory, readOnly: true }, (root) => tablesToRead(root, directory));
}

/** Closes all of it. What is still being read must have ended. */
export async function closeEnvironment({ root, guard }: Environment): Promise<void> {
  try {
    await root.close();
  } finally {
    guard.close();
  }
}

/** The newest state of the environment: a read transaction lives until the event loop turns. */
export function current(environment: Environment): Environment {
  environment.root.resetReadTxn();
  return environment;
}

/** Opens the database, and in it what `make` names; undefined, and nothing open, if that is not there. */
function opened(
  options: RootDatabaseOptionsWithPath & { path: string },
  make: (root: Root) => Tables | undefined,
): Environment | undefined {
  const file = fileIn(options.path);
  refuseForeign(options.path);
  // A file that is only now made has nothing that could not be read.
  const early = existsSync(file) ? new ReadGuard(file) : undefined;
  let root: Root | undefined;
  try {
    root = early === undefined ? openRoot(options) : early.once(() => openRoot(options));
    const guard = early ?? new ReadGuard(file);
    const tables = tablesOf(root, guard, { make, writes: options.readOnly !== true });
    if (tables !== undefined) return { ...tables, root, file, guard };
  } catch (error) {
    abandon(root, early);
    throw error;
  }
  abandon(root, early);
  return undefined;
}

interface Making {
  readonly make: (root: Root) => Tables | undefined;
  /** What is not found is made. */
  readonly writes: boolean;
}

function tablesOf(root: Root, guard: ReadGuard, { make, writes }: Making): Tables | undefined {
  const made = (mustBeWhole: () => void): Tables | undefined => {
    const tables = make(root);
    mustBeWhole();
    return tables;
  };
  return writes ? guard.write(made) : guard.once(made);
}

/** What cannot be used is closed, whatever it says to that. */
function abandon(root: Root | undefined, guard: ReadGuard | undefined): void {
  root?.close().catch(() => undefined);
  guard?.close();
}

function tablesToWrite(root: Root, directory: string): Tables {
  const table = (name: string): Table => root.openDB<Buffer, Buffer>(name, bytesAsTheyAre);
  const meta = table(databaseNames.meta);
  const version = versionOf(meta);
  // Nothing is made in a directory of another format.
  if (version !== undefined && !readable(version)) throw foreign(directory, version);
  const { swarms, extents, hashes, policy, rules } = databaseNames;
  const tables = {
    meta,
    swarms: table(swarms),
    extents: table(extents),
    hashes: table(hashes),
    policy: table(policy),
    rules: table(rules),
  };
  if (version === undefined && tables.swarms.getKeysCount() > 0) throw foreign(directory, 0);
  if (version !== formatVersion || !hasBothFormats(meta)) keepFormat(root, meta);
  return tables;
}

function tablesToRead(root: Root, directory: string): Tables | undefined {
  const table = (name: string): Table | undefined => root.openDB<Buffer, Buffer>(name, bytesAsTheyAre);
  const swarms = table(databaseNames.swarms);
  const extents = table(databaseNames.extents);
  const hashes = table(databaseNames.hashes);
  const meta = table(databaseNames.meta);
  const policy = table(databaseNames.policy);
  const rules = table(databaseNames.rules);
  // Its writer is only just making it, if there is none.
  const version = meta && versionOf(meta);
  if (version !== undefined && !readable(version)) throw foreign(directory, version);
  const isMade = version === formatVersion && swarms && extents && hashes && meta && policy && rules;
  return isMade ? { swarms, extents, hashes, meta, policy, rules } : undefined;
}

function openRoot(options: RootDatabaseOptionsWithPath & { path: string }): Root {
  const { path: directory } = options;
  try {
    return open<Buffer, Buffer>(options);
  } catch (cause) {
    const remedy = `The store in ${directory} cannot be opened. Check that it is a directory we may use, and its disk.`;
    throw new StoreError('STORE_FAILED', remedy, { directory }, { cause });
  }
}

function fileIn(directory: string): string {
  return join(directory, 'data.mdb');
}

/** What LMDB's first page has behind its header, in this machine's order of bytes. */
const magic = { at: 24, bytes: Buffer.from(Uint32Array.of(0xbeefc0de).buffer) } as const;

/**
 * Throws `STORE_FAILED` for a directory with a file in LMDB's place that is none of its own: LMDB maps whatever it finds, and
 * takes the process down with it.
 */
export function refuseForeign(directory: string): void {
  const file = fileIn(directory);
  if (!existsSync(file)) return;
  const head = Buffer.alloc(magic.at + magic.bytes.length);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  if (length === 0 || head.subarray(magic.at).equals(magic.bytes)) return;
  const remedy = `The store in ${directory} cannot be opened: data.mdb is no LMDB database. Remove it, or choose another directory.`;
  throw new StoreError('STORE_FAILED', remedy, { directory });
}

/** By its number, or the copy of it should that be broken. */
function versionOf(meta: Table): number | undefined {
  return countIn(meta, metaKeys.format) ?? countIn(meta, metaKeys.formatCopy);
}

function hasBothFormats(meta: Table): boolean {
  return countIn(meta, metaKeys.format) === countIn(meta, metaKeys.formatCopy);
}

function keepFormat(root: RootDatabase<Buffer, Buffer>, meta: Table): void {
  root.transactionSync(() => {
    for (const key of [metaKeys.format, metaKeys.formatCopy]) meta.putSync(key, encodeCount(key, formatVersion));
  });
}

/** A number in `meta`; undefined if it is not there, or not what was written. */
export function countIn(meta: Table, key: Buffer): number | undefined {
  const value = meta.getBinary(key);
  return value && decodeCount(key, value);
}

function readable(version: number): boolean {
  return version === formatVersion || upgradableVersions.includes(version);
}

/** The refusal of another format's store. */
function foreign(directory: string, version: number): StoreError {
  const remedy = `Erase ${directory}, or run the version of Weir that wrote it; this one reads format ${formatVersion}.`;
  return new StoreError('STORE_FORMAT', `The store has format ${version}. ${remedy}`, { directory, version });
}
