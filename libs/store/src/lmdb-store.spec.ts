import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import type { StoreReader } from './store';
import { type StoreUnderTest, describeStore } from './store.contract';

function makeStore(): StoreUnderTest {
  const directory = mkdtempSync(join(tmpdir(), 'weir-store-'));
  const readers: StoreReader[] = [];
  return {
    writer: ({ disk, ...options }) => openLmdbWriter({ directory, ...options }, disk),
    reader: () => {
      const reader = openLmdbReader(directory);
      readers.push(reader);
      return reader;
    },
    destroy: async () => {
      await Promise.all(readers.map((reader) => reader.close()));
      await rm(directory, { recursive: true });
    },
  };
}

describe('a store in LMDB', () => {
  describeStore(makeStore);
});
