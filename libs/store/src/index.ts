export { type DiskSpace } from './disk';
export * from './errors';
export { type LmdbStoreOptions, openLmdbReader, openLmdbWriter } from './lmdb-store';
export { MemoryStore } from './memory-store';
export * from './store';
