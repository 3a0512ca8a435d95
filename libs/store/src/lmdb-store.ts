import { type DiskSpace, diskSpaceAt } from './disk';
import { openForWriting } from './lmdb-environment';
import { LmdbReader } from './lmdb-reader';
import { LmdbTables } from './lmdb-tables';
import type { StoreReader, StoreWriter } from './store';
import { TableWriter, type WriterLimits, mustBeCapacity } from './table-writer';

/** Where a store is, and how much it may hold. */
export interface LmdbStoreOptions extends Omit<WriterLimits, 'disk'> {
  /** Made if it is not there. On a file system with room for the capacity and the 5 % that stay free. */
  readonly directory: string;
}

/**
 * Opens a directory for writing; one writer at a time, which is the caller's to see to (`StoreLock`). Reads all keys, about half a
 * second a million extents. Throws a StoreError: STORE_CAPACITY, STORE_FORMAT, STORE_CORRUPT, STORE_UNREADABLE, or STORE_FAILED
 * where LMDB cannot open it.
 */
export function openLmdbWriter(options: LmdbStoreOptions, disk?: () => DiskSpace): StoreWriter {
  return openLmdb(options, disk)();
}

/**
 * The same in two steps. When this returns, readers may open the directory; what it returns makes the account, which takes the
 * longer the more there is.
 */
export function openLmdb({ directory, ...limits }: LmdbStoreOptions, disk?: () => DiskSpace): () => StoreWriter {
  mustBeCapacity(limits.capacityBytes);
  const environment = openForWriting(directory, limits.capacityBytes);
  const tables = new LmdbTables(environment);
  const space = (): DiskSpace => ({ ...diskSpaceAt(directory), ...tables.space() });
  return () => {
    try {
      return environment.guard.once((mustBeWhole) => {
        const writer = new TableWriter(tables, { ...limits, disk: disk ?? space });
        mustBeWhole();
        return writer;
      });
    } catch (error) {
      tables.close().catch(() => undefined);
      throw error;
    }
  };
}

/** Opens a directory for reading, from any thread or process. */
export function openLmdbReader(directory: string): StoreReader {
  return new LmdbReader(directory);
}
