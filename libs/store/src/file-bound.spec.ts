import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestContent } from './content.testing';
import { FileBound } from './file-bound';
import { fileExcess } from './limits';
import { openLmdbWriter } from './lmdb-store';
import { emptyBatch, type Batch } from './store';

const chunkCount = 64 * 1_000_000;
/** Extents of 17, 130, 9, 23 and 66 pages, or so. */
const kinds = [
  new TestContent(1, { chunkCount }),
  new TestContent(2, { chunkCount, chunkSize: 8_192 }),
  new TestContent(3, { chunkCount, chunkSize: 512, hash: 'sha1' }),
  new TestContent(4, { chunkCount, chunkSize: 1_400 }),
  new TestContent(5, { chunkCount, chunkSize: 4_096, hash: 'sha1' }),
];
/** What they hold is all the same. */
const samples = kinds.map((content) => content.extent(0));
const bytesPerCommit = 1024 * 1024;

/** It is how the file grows that matters, not that it is durable. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe('the file of a full store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(memory, 'weir-file-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    { name: 'extents of all sizes at a time', capacityBytes: 64 * 2 ** 20, kindAt: (turn: number) => turn % 5 },
    {
      name: 'one size after the other',
      capacityBytes: 64 * 2 ** 20,
      kindAt: (_: number, share: number) => Math.floor(share) % 5,
    },
    { name: 'one size alone', capacityBytes: 64 * 2 ** 20, kindAt: () => 0 },
  ])('stays below its capacity and 5 % with $name, and most of it is in use', async ({ capacityBytes, kindAt }) => {
    const writer = openLmdbWriter({ directory, capacityBytes });
    let random = 12_345;
    let turn = 0;
    const next = kinds.map(() => 0);
    const indexOf = (kind: number): number => next.splice(kind, 1, (next[kind] ?? 0) + 1)[0] ?? 0;
    for (let written = 0; written < 4 * capacityBytes;) {
      const batches: Batch[] = [];
      for (let bytes = 0; bytes < bytesPerCommit; turn++) {
        const kind = kindAt(turn, written / capacityBytes);
        const [content, sample] = [kinds[kind], samples[kind]];
        if (content === undefined || sample === undefined) throw new RangeError(`kind ${String(kind)}`);
        const write = { ...content.write([]), extents: [{ ...sample, index: indexOf(kind) }] };
        bytes += sample.bytes.length;
        written += sample.bytes.length;
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        // What is erased here and there leaves holes of all sizes.
        const gone = { swarmId: content.swarmId, index: random % (next[kind] ?? 1) };
        batches.push(
          { ...emptyBatch, writes: [write] },
          ...(random % 3 === 0 ? [{ ...emptyBatch, erase: [gone] }] : []),
        );
      }
      writer.commit(batches, Math.floor(written / capacityBytes));
      expect(statSync(join(directory, 'data.mdb')).size).toBeLessThanOrEqual(capacityBytes * (1 + fileExcess));
    }
    expect(writer.usage().storedBytes).toBeGreaterThan(capacityBytes / 2);
    await writer.close();
  });
});

it('takes something again though the clock was set back since a file grew that had room enough', () => {
  const capacityBytes = 64 * 2 ** 20;
  const bound = new FileBound(capacityBytes);
  const space = (fileBytes: number) => ({ freeBytes: 1e12, totalBytes: 2e12, fileBytes });
  bound.limitFor(space(capacityBytes), 65_536, 2e9);
  expect(bound.limitFor(space(capacityBytes * 1.05), 65_536, 2e9)).toBe(0);
  expect(bound.limitFor(space(capacityBytes * 1.05), 65_536, 2e9 + 4)).toBe(0);
  expect(bound.limitFor(space(capacityBytes * 1.05), 65_536, 1e9)).toBeGreaterThan(0);
});
