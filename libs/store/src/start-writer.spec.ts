import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { open } from 'lmdb';
import { Registry } from 'prom-client';
import { TestContent } from './content.testing';
import { encodeCount, metaKeys } from './keys';
import { openLmdbReader } from './lmdb-store';
import { createStoreMetrics } from './metrics';
import { type RunningWriter, launchWriter, startWriter } from './start-writer';
import { StoreClient } from './store-client';
import { emptyBatch } from './store';
import { workerFile } from './worker-file';
import type { StoreNotice } from './writer-messages';

/** These run the compiled worker: build first. */
describe('the writer in its thread', () => {
  const capacityBytes = 2 * 1024 * 1024;
  const content = new TestContent(1, { chunkCount: 64 * 100 });
  const registry = new Registry();
  const metrics = createStoreMetrics(registry);
  let directory: string;
  let writer: RunningWriter | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-writer-'));
    registry.resetMetrics();
  });

  afterEach(async () => {
    await writer?.stop();
    writer = undefined;
    await rm(directory, { recursive: true });
  });

  async function start(): Promise<RunningWriter> {
    writer = await startWriter({ directory, capacityBytes }, metrics);
    return writer;
  }

  it('writes what another thread reads, from memory that both share', async () => {
    const client = new StoreClient((await start()).connect());
    const extent = content.extent(0);
    const bytes = new Uint8Array(new SharedArrayBuffer(extent.bytes.length));
    bytes.set(extent.bytes);
    await client.commit({ ...emptyBatch, writes: [{ ...content.write([]), extents: [{ ...extent, bytes }] }] });
    const reader = openLmdbReader(directory);
    await expect(reader.read(content.swarmId, 0)).resolves.toEqual(extent);
    await reader.close();
    await client.close();
  });

  it('records what subscribers ask for, each segment once, to the end', async () => {
    const traces = join(directory, 'traces');
    writer = await startWriter(
      { directory, capacityBytes, recording: { directory: traces, bytesMax: 2 ** 26 } },
      metrics,
    );
    const client = new StoreClient(writer.connect());
    const touched = [0, 1, 4].map((index) => ({ swarmId: content.swarmId, index, by: 5, chunkSize: 1024 }));
    await client.commit({ ...emptyBatch, touched });
    await client.close();
    await writer.stop();
    const [name = ''] = readdirSync(traces);
    const lines = gunzipSync(readFileSync(join(traces, name))).toString();
    expect(lines.match(/(?<=\/)\d+(?=,)/g)).toEqual(['0', '1']);
  });

  it('tells all clients of evictions, and counts them', async () => {
    const running = await start();
    const evicted: number[] = [];
    const listening = new StoreClient(running.connect(), (notice: StoreNotice) => {
      evicted.push(...notice.evicted.map(({ index }) => index));
    });
    const client = new StoreClient(running.connect());
    const told: number[] = [];
    let written = 0;
    for (let index = 0; index < 40; index++) {
      const result = await client.commit(content.batch([index]));
      told.push(...result.evicted.map((ref) => ref.index));
      written += result.written.length;
    }
    await listening.commit(emptyBatch);
    expect(running.usage().storedBytes).toBeLessThanOrEqual(capacityBytes);
    expect(told.length).toBeGreaterThan(0);
    expect(evicted).toEqual(told);
    expect(running.usage().extents).toBe(written - told.length);
    const text = await registry.metrics();
    expect(text).toContain(`store_evicted_extents_total ${told.length}`);
    expect(text).toContain(`store_written_extents_total ${written}`);
    expect(text).toContain(`store_capacity_bytes ${capacityBytes}`);
    expect(text).toContain(`store_refused_extents_total{reason="full"} ${40 - written}`);
    await Promise.all([client.close(), listening.close()]);
  });

  it('keeps what it wrote over a restart', async () => {
    const client = new StoreClient((await start()).connect());
    await client.commit(content.batch([7]));
    await client.close();
    await writer?.stop();
    expect((await start()).usage()).toMatchObject({ extents: 1, swarms: 1 });
  });

  it('lets readers in before it has its account, and takes up then what was committed meanwhile', async () => {
    const client = new StoreClient((await start()).connect());
    await client.commit(content.batch([7]));
    await client.close();
    await writer?.stop();
    const launched = await launchWriter({ directory, capacityBytes }, metrics);
    writer = launched;
    const reader = openLmdbReader(directory);
    await expect(reader.read(content.swarmId, 7)).resolves.toEqual(content.extent(7));
    const second = new StoreClient(launched.connect());
    const committed = second.commit(content.batch([8]));
    await launched.accounted;
    expect(launched.usage().extents).toBeGreaterThanOrEqual(1);
    await committed;
    await expect(reader.read(content.swarmId, 8)).resolves.toEqual(content.extent(8));
    await Promise.all([reader.close(), second.close()]);
  });

  it('knows how the run before it ended', async () => {
    const ends = [(await start()).lastEnd];
    await writer?.stop();
    ends.push((await start()).lastEnd);
    await writer?.stop();
    writeFileSync(join(directory, 'weir.boot'), '01234567-89ab-cdef-0123-456789abcdef open\n');
    ends.push((await start()).lastEnd);
    expect(ends).toEqual(['new', 'clean', 'crashed']);
    expect(await registry.metrics()).toContain('store_starts_total{after="crashed"} 1');
  });

  it('does not start on a store of another format, and says why', async () => {
    const root = open({ path: directory, noSubdir: false, pageSize: 4096, keyEncoding: 'binary', encoding: 'binary' });
    root
      .openDB({ name: 'meta', keyEncoding: 'binary', encoding: 'binary' })
      .putSync(metaKeys.format, encodeCount(metaKeys.format, 99));
    await root.close();
    await expect(startWriter({ directory, capacityBytes })).rejects.toMatchObject({
      code: 'STORE_FORMAT',
      details: { version: 99 },
    });
  });

  it('offers no way in once it was stopped', async () => {
    const running = await start();
    const client = new StoreClient(running.connect());
    await client.commit(content.batch([1]));
    await running.stop();
    await expect(running.ended).resolves.toBeUndefined();
    await expect(client.commit(content.batch([2]))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(() => running.connect()).toThrow('ended');
  });

  it('is a file that a build makes', async () => {
    const worker = new Worker(`require(${JSON.stringify(workerFile('writer'))})`, { eval: true });
    const code = await new Promise((resolve) => worker.on('exit', resolve));
    expect(code).toBe(0);
  });
});
