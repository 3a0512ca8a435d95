import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { TestContent } from './content.testing';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { MemoryStore } from './memory-store';
import type { Batch, StoreReader, StoreWriter } from './store';

const contents = [
  new TestContent(1, { chunkCount: 64 * 30 + 5, chunkSize: 64 }),
  new TestContent(2, { chunkCount: 64 * 12, chunkSize: 512, hash: 'sha1' }),
  new TestContent(3, { chunkCount: 9, chunkSize: 1024 }),
];

/** Room for about a third of the contents, so that evictions are the rule. */
const capacityBytes = 1024 * 1024;

const judgement = { seed: 1 };

const anyContent = fc.constantFrom(...contents);
const anyIndex = fc.nat(30);
const anyWrite = fc
  .record({ content: anyContent, indexes: fc.array(anyIndex, { maxLength: 6 }), block: fc.option(fc.nat(3)) })
  .map(({ content, indexes, block }) =>
    content.write(
      indexes.filter((index) => index * 64 < content.record.chunkCount),
      block === null ? [] : [content.block(1 + (block % 2), block)],
    ),
  );
const anyRef = fc.record({ content: anyContent, index: anyIndex }).map(({ content, index }) => ({
  swarmId: content.swarmId,
  index,
}));
const anyBatch: fc.Arbitrary<Batch> = fc.record({
  erase: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(anyRef, { maxLength: 3 }) },
    { weight: 1, arbitrary: anyContent.map(({ swarmId }) => [{ swarmId }]) },
  ),
  touched: fc.array(anyRef, { maxLength: 5 }),
  writes: fc.array(anyWrite, { maxLength: 3 }),
});
const anyStep = fc.oneof(
  { weight: 12, arbitrary: fc.array(anyBatch, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant('sweep' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
);

/** Everything a reader finds, by swarm. */
async function contentsOf(reader: StoreReader): Promise<unknown> {
  const found = new Map<string, unknown>();
  for (const { record, ...summary } of reader.swarms()) {
    const { swarmId } = record.metadata;
    const opened = await reader.open(swarmId);
    const extents = await Promise.all(opened?.extents.map((index) => reader.read(swarmId, index)) ?? []);
    const bytes = extents.map((extent) => extent && [extent.index, digestOf(extent.bytes), digestOf(extent.hashes)]);
    found.set(swarmId, { summary, record, bytes, blocks: opened?.blocks.map(({ tier, index }) => [tier, index]) });
  }
  return found;
}

/** Bytes counted again from what a reader finds. */
async function recount(reader: StoreReader): Promise<number> {
  let bytes = 0;
  for (const { record } of reader.swarms()) {
    const opened = await reader.open(record.metadata.swarmId);
    bytes += recordFootprint + (opened?.blocks.length ?? 0) * blockFootprint(record.metadata.hash);
    for (const index of opened?.extents ?? []) bytes += extentFootprint(record, index);
  }
  return bytes;
}

function digestOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

describe('any sequence of commits, sweeps and restarts', () => {
  it('leaves the same in LMDB as in memory, never exceeds the capacity, and accounts every byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 30 }), async (steps) => {
        const directory = mkdtempSync(join(tmpdir(), 'weir-store-'));
        const memory = new MemoryStore();
        const kinds = [
          () => memory.writer({ capacityBytes, judgement }),
          () =>
            openLmdbWriter({ directory, capacityBytes, judgement }, () => ({
              freeBytes: 2 ** 50,
              totalBytes: 2 ** 50,
            })),
        ];
        const readers = [memory.reader(), openLmdbReader(directory)];
        let writers: StoreWriter[] = kinds.map((open) => open());
        let now = 1_000_000;
        for (const step of steps) {
          now += 100;
          if (step === 'reopen') {
            await Promise.all(writers.map((writer) => writer.close()));
            writers = kinds.map((open) => open());
          } else {
            const [one, other] = writers.map((writer) =>
              step === 'sweep' ? writer.sweep() : writer.commit(step, now),
            );
            expect(other).toEqual(one);
          }
          const [usage, usageOnDisk] = writers.map((writer) => writer.usage());
          expect(usageOnDisk).toEqual(usage);
          expect(usage?.storedBytes).toBeLessThanOrEqual(capacityBytes);
        }
        const [inMemory, onDisk] = await Promise.all(readers.map(contentsOf));
        expect(onDisk).toEqual(inMemory);
        for (const writer of writers) while (writer.sweep());
        const counted = await Promise.all(readers.map(recount));
        expect(counted).toEqual(writers.map((writer) => writer.usage().storedBytes));
        await Promise.all([...readers, ...writers].map((end) => end.close()));
        await rm(directory, { recursive: true });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
