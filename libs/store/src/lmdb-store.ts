import { Ballast } from './ballast';
import { type DiskSpace, diskSpaceAt } from './disk';
import type { Finding } from './integrity/finding';
import { mend } from './integrity/mend';
import { RulesCopy } from './integrity/rules-copy';
import { openForWriting } from './lmdb-environment';
import { LmdbReader } from './lmdb-reader';
import { LmdbTables } from './lmdb-tables';
import type { RecordingOptions } from './recording/trace-files';
import type { StoreReader, StoreWriter } from './store';
import { mustBeCapacity } from './capacity';
import { TableWriter } from './table-writer';
import type { WriterLimits } from './writer-limits';

/** Where a store is, and how much it may hold. */
export interface LmdbStoreOptions extends Omit<WriterLimits, 'disk' | 'ballast'> {
  /** Made if it is not there. On a file system with room for the capacity and the 5 % that stay free. */
  readonly directory: string;
  /** Where to record what subscribers ask for; nowhere, if absent. The writer's thread does it. */
  readonly recording?: RecordingOptions | undefined;
}

/** What is known of the store before it is opened, and who hears what was found damaged within. */
export interface Mending {
  /** Rules that had been there are missing: their second copy is to be taken. */
  readonly lostRules: boolean;
  readonly onFindings: (findings: readonly Finding[]) => void;
}

/**
 * Opens a directory for writing; one writer at a time, which is the caller's to see to (`StoreLock`). Reads all keys, about half a
 * second a million extents. Throws a StoreError: STORE_CAPACITY, STORE_FORMAT, STORE_CORRUPT, STORE_UNREADABLE, or STORE_FAILED
 * where LMDB cannot open it.
 */
export function openLmdbWriter(options: LmdbStoreOptions, disk?: () => DiskSpace, mending?: Mending): StoreWriter {
  return openLmdb(options, disk, mending)();
}

/**
 * The same in two steps. When this returns, readers may open the directory; what it returns makes the account, which takes the
 * longer the more there is.
 */
export function openLmdb(
  { directory, ...limits }: LmdbStoreOptions,
  disk?: () => DiskSpace,
  { lostRules, onFindings }: Mending = { lostRules: false, onFindings: () => undefined },
): () => StoreWriter {
  mustBeCapacity(limits.capacityBytes);
  const environment = openForWriting(directory, limits.capacityBytes);
  const copy = new RulesCopy(directory);
  const tables = new LmdbTables(environment, copy, onFindings);
  const now = Math.floor(Date.now() / 1000);
  const whole =
    <Result>(work: () => Result) =>
    (mustBeWhole: () => void): Result => {
      const result = work();
      mustBeWhole();
      return result;
    };
  const orClosed = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      tables.close().catch(() => undefined);
      throw error;
    }
  };
  const { guard } = environment;
  onFindings(orClosed(() => guard.write(whole(() => mend({ environment, copy, lostRules, now })))));
  orClosed(() => guard.once(whole(() => tables.renewCopy())));
  const space = (): DiskSpace => ({ ...diskSpaceAt(directory), ...tables.space() });
  const limited = { ...limits, disk: disk ?? space };
  return () =>
    orClosed(() => guard.once(whole(() => new TableWriter(tables, { ...limited, ballast: new Ballast(directory) }))));
}

/** Opens a directory for reading, from any thread or process. */
export function openLmdbReader(directory: string): StoreReader {
  return new LmdbReader(directory);
}
