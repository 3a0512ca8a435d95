import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleBytes, sampleContent, temporaryFolder } from './content.testing';
import { ContentError } from './errors';
import { FileSource } from './file-source';
import type { ContentFormat } from './scan';

const folder = temporaryFolder();
const small: ContentFormat = { chunkSize: 64, hash: 'sha1', addressing: 'chunk32' };
const extent = 64 * small.chunkSize;

describe('FileSource', () => {
  it.each(['libswift-libswift-10k', 'libswift-libswift-100k'])(
    'finds the swarm ID that libswift found: %s',
    async (name) => {
      const vector: unknown = JSON.parse(readFileSync(join('test', 'vectors', `${name}.json`), 'utf8'));
      const { seed, size, swarmId, chunks } = described(vector);
      const path = folder.path(name);
      writeFileSync(path, vectorBytes(seed, size));
      const source = await FileSource.open(path, { ...small, chunkSize: 1024 });
      expect(source.record).toMatchObject({ metadata: { swarmId }, chunkCount: chunks, contentBytes: size });
      await source.close();
    },
  );

  it.each([1, 64, 65, extent, extent + 1, 3 * extent - 1, 65 * extent + 7])(
    'reads each extent of %d bytes',
    async (size) => {
      const path = folder.path(`read-${String(size)}`);
      const { extents, record } = await sampleContent(path, size, small);
      const source = await FileSource.open(path, small);
      const opened = await source.open(record.metadata.swarmId);
      expect(opened?.record).toEqual(record);
      expect(opened?.extents).toEqual(extents.map(({ index }) => index));
      for (const { index, bytes, hashes } of extents) {
        const read = await source.read(record.metadata.swarmId, index);
        expect(Buffer.from(read?.bytes ?? []).equals(bytes)).toBe(true);
        expect(read?.hashes).toEqual(hashes);
      }
      expect(await source.read(record.metadata.swarmId, extents.length)).toBeUndefined();
      await source.close();
    },
  );

  it('knows no other swarm and learns nothing', async () => {
    const path = folder.path('other');
    await sampleContent(path, 100, small);
    const source = await FileSource.open(path, small);
    expect(await source.open('00'.repeat(20))).toBeUndefined();
    expect(await source.read('00'.repeat(20), 0)).toBeUndefined();
    expect(await source.write()).toEqual({ written: [], evicted: [] });
    await source.close();
  });

  it.each([
    ['one byte differs', (path: string) => writeFileSync(path, sampleBytes(2 * extent).fill(0, 5, 6))],
    ['it was cut', (path: string) => truncateSync(path, 10)],
  ])('notices that %s', async (_, change) => {
    const path = folder.path('changed');
    const { record } = await sampleContent(path, 2 * extent, small);
    const source = await FileSource.open(path, small);
    change(path);
    const read = source.read(record.metadata.swarmId, 0);
    await expect(read).rejects.toBeInstanceOf(ContentError);
    await expect(read).rejects.toMatchObject({ code: 'CONTENT_CHANGED', details: { path } });
    await source.close();
  });

  it('tells its progress and stops when asked', async () => {
    const path = folder.path('progress');
    await sampleContent(path, 3 * extent, small);
    const seen: number[] = [];
    const source = await FileSource.open(path, small, { onProgress: (bytes, total) => seen.push(bytes, total) });
    expect(seen).toEqual([1, 2, 3].flatMap((count) => [count * extent, 3 * extent]));
    await source.close();
    const aborting = new AbortController();
    const stopped = FileSource.open(path, small, {
      onProgress: () => aborting.abort(new RangeError('enough')),
      signal: aborting.signal,
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it('refuses what cannot be shared, naming the file', async () => {
    mkdirSync(folder.path('folder'));
    await expect(FileSource.open(folder.path('none'), small)).rejects.toMatchObject({
      code: 'CONTENT_UNREADABLE',
      message: `${folder.path('none')}: cannot be read: no such file or folder`,
    });
    await expect(FileSource.open(folder.path('folder'), small)).rejects.toMatchObject({
      code: 'CONTENT_UNREADABLE',
      message: expect.stringContaining('not a regular file'),
    });
  });
});

function vectorBytes(seed: string, size: number): Buffer {
  const parts = Array.from({ length: Math.ceil(size / 32) }, (_, index) => {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(index));
    return createHash('sha256').update(seed).update(counter).digest();
  });
  return Buffer.concat(parts).subarray(0, size);
}

function described(vector: unknown) {
  const content = field(vector, 'content');
  return {
    seed: String(field(content, 'seed')),
    size: Number(field(content, 'size')),
    swarmId: field(vector, 'swarmId'),
    chunks: field(vector, 'chunks'),
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

it('takes content without bytes for what it is: the hash over no chunk', async () => {
  writeFileSync(folder.path('empty'), '');
  const source = await FileSource.open(folder.path('empty'), small);
  const swarmId = '00'.repeat(20);
  expect(source.record).toMatchObject({ chunkCount: 0, contentBytes: 0, peaks: [], metadata: { swarmId } });
  expect(await source.open(swarmId)).toBeUndefined();
  expect(await source.read(swarmId, 0)).toBeUndefined();
  await source.close();
});

it('reads beyond 4 GiB, and hashes nothing where nothing protects the content', async () => {
  const path = folder.path('large');
  const size = 5 * 2 ** 30 + 7;
  const tail = Buffer.from('the end of a large content');
  writeFileSync(path, '');
  truncateSync(path, size - tail.length);
  appendFileSync(path, tail);
  const named = { swarmId: 'abcd', integrity: 'none', hash: 'sha256', addressing: 'chunk64', chunkSize: 1024 } as const;
  const source = await FileSource.open(path, named);
  expect(source.record).toMatchObject({ chunkCount: 5 * 2 ** 20 + 1, contentBytes: size, metadata: named });
  const last = await source.read('abcd', 5 * 2 ** 14);
  expect(Buffer.from(last?.bytes ?? []).equals(tail.subarray(-7))).toBe(true);
  expect(last?.hashes).toHaveLength(0);
  const before = await source.read('abcd', 5 * 2 ** 14 - 1);
  const end = Buffer.from(before?.bytes ?? []).subarray(7 - tail.length);
  expect(end.equals(tail.subarray(0, -7))).toBe(true);
  truncateSync(path, size - 1);
  await expect(source.read('abcd', 5 * 2 ** 14)).rejects.toMatchObject({ code: 'CONTENT_CHANGED' });
  await source.close();
});
