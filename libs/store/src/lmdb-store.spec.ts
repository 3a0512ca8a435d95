import { mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { TestContent } from './content.testing';
import { StoreError } from './errors';
import { databaseNames, encodeCount, metaKeys } from './keys';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { type StoreReader, emptyBatch } from './store';
import { type StoreUnderTest, extentBytes } from './store-bench.testing';
import { describeStore } from './store.contract';

const endlessDisk = { freeBytes: 2 ** 50, totalBytes: 2 ** 50 };

function makeStore(): StoreUnderTest {
  const directory = mkdtempSync(join(tmpdir(), 'weir-store-'));
  const readers: StoreReader[] = [];
  return {
    // So small a store could hardly hold anything if its file had to be as small.
    writer: ({ disk = () => endlessDisk, ...options }) => openLmdbWriter({ directory, ...options }, disk),
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

/** The databases of format 1. */
const formatOneNames: readonly string[] = ['swarms', 'extents', 'hashes', 'meta'];

describe('the files of a store', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-store.d-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  const capacityBytes = 8 * 1024 * 1024;
  const content = new TestContent(1, { chunkCount: 64 * 20_000 });

  it('appear with the writer: a reader that came first finds nothing, and then what is there', async () => {
    const reader = openLmdbReader(directory);
    await expect(reader.open(content.swarmId)).resolves.toBeUndefined();
    expect(reader.swarms()).toEqual([]);
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([content.batch([4])], 1);
    await expect(reader.open(content.swarmId)).resolves.toMatchObject({ extents: [4] });
    await reader.close();
    await writer.close();
    expect(() => reader.swarms()).toThrow(StoreError);
  });

  it('take the pages that we account for', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([content.batch([0, 1, 2, 3], [content.block(1, 0), content.block(1, 1)])], 1);
    const { storedBytes } = writer.usage();
    await writer.close();
    expect(overflowPages(directory, 'extents')).toBe(4 * 17);
    expect(overflowPages(directory, 'hashes')).toBe(2);
    expect(storedBytes).toBe((4 * 17 + 2 + 1) * 4096);
  });

  it('outgrow the capacity by little more than three transactions, however much is replaced', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    const short = new TestContent(2, { chunkCount: 64 * 20_000, chunkSize: 300, hash: 'sha1' });
    for (let round = 0; round < 60; round++) {
      const indexes = Array.from({ length: 8 }, (_, at) => round * 8 + at);
      const batch = (round % 3 === 0 ? short : content).batch(indexes, [content.block(1, round)]);
      writer.commit([batch], round);
      expect(writer.usage().storedBytes).toBeLessThanOrEqual(capacityBytes);
    }
    await writer.close();
    expect(statSync(join(directory, 'data.mdb')).size).toBeLessThan(1.05 * capacityBytes + 3 * 8 * extentBytes);
  });

  it('are opened in slices, whole all the same, with another timer running in between', async () => {
    const small = new TestContent(3, { chunkCount: 64 * 9_000, chunkSize: 1 });
    const writer = openLmdbWriter({ directory, capacityBytes: 256 * 1024 * 1024, judgement: { swarmShareMax: 1 } });
    const indexes = Array.from({ length: 9_000 }, (_, index) => index);
    const blocks = Array.from({ length: 141 }, (_, index) => small.block(1, index));
    writer.commit([small.batch(indexes, blocks)], 1);
    const reader = openLmdbReader(directory);
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const opened = await reader.open(small.swarmId);
    clearInterval(counting);
    expect(opened?.extents).toEqual(indexes);
    expect(opened?.blocks.map(({ index }) => index)).toEqual(blocks.map(({ index }) => index));
    expect(opened?.blocks[100]).toEqual(blocks[100]);
    expect(turns).toBeGreaterThan(0);
    await reader.close();
    await writer.close();
  });

  it('are swept of what an erasure left when the writer was killed', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([content.batch([0, 1, 2], [content.block(1, 0)])], 1);
    writer.commit([{ ...emptyBatch, erase: [content] }], 2);
    await writer.close();
    const next = openLmdbWriter({ directory, capacityBytes });
    expect(next.usage()).toMatchObject({ storedBytes: 0, swarms: 0, extents: 0 });
    await next.close();
    expect(overflowPages(directory, 'extents') + overflowPages(directory, 'hashes')).toBe(0);
  });

  it('of format 1 are given what they lack, and nothing in them is lost', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    writer.commit([content.batch([0, 2], [content.block(1, 0)])], 1);
    const before = writer.usage();
    await writer.close();
    const root = open({ path: directory, noSubdir: false, pageSize: 4096, keyEncoding: 'binary', encoding: 'binary' });
    for (const name of Object.values(databaseNames).filter((name) => !formatOneNames.includes(name)))
      root.openDB({ name, keyEncoding: 'binary', encoding: 'binary' }).dropSync();
    root
      .openDB({ name: 'meta', keyEncoding: 'binary', encoding: 'binary' })
      .putSync(metaKeys.format, encodeCount(metaKeys.format, 1));
    await root.close();
    const reader = openLmdbReader(directory);
    // Not before its writer has upgraded it.
    expect(reader.swarms()).toEqual([]);
    const next = openLmdbWriter({ directory, capacityBytes });
    expect(next.usage()).toEqual(before);
    await expect(reader.read(content.swarmId, 2)).resolves.toEqual(content.extent(2));
    await reader.close();
    await next.close();
    const meta = open({ path: directory, noSubdir: false, readOnly: true, keyEncoding: 'binary', encoding: 'binary' });
    const version = meta.openDB<Buffer, Buffer>({ name: 'meta', keyEncoding: 'binary', encoding: 'binary' });
    expect(version.get(metaKeys.format)).toEqual(encodeCount(metaKeys.format, 2));
    await meta.close();
  });

  it('of another format are not opened, and the error says what to do', async () => {
    const root = open({ path: directory, noSubdir: false, pageSize: 4096, keyEncoding: 'binary', encoding: 'binary' });
    root
      .openDB({ name: 'meta', keyEncoding: 'binary', encoding: 'binary' })
      .putSync(metaKeys.format, encodeCount(metaKeys.format, 99));
    await root.close();
    const refusal: unknown = await Promise.resolve()
      .then(() => openLmdbWriter({ directory, capacityBytes }))
      .catch(String);
    expect(refusal).toMatch(/format 99.*Erase .*weir-store/);
  });

  function overflowPages(path: string, name: string): number {
    const root = open({ path, noSubdir: false, readOnly: true, keyEncoding: 'binary', encoding: 'binary' });
    const stats: { overflowPages?: number } = root.openDB({ name, keyEncoding: 'binary' }).getStats();
    return stats.overflowPages ?? -1;
  }
});
