import { readFileSync } from 'node:fs';
import { startTransfer } from '@weir/peer';
import type { Address } from '@weir/ppspp';
import { startTracker } from '@weir/tracker';
import { sampleContent, temporaryFolder } from '../content/content.testing';
import { extentBytes } from '../content/geometry';
import type { ContentFormat } from '../content/scan';
import { InterruptedError } from '../errors';
import { RecordingTerminal } from '../terminal/terminal.testing';
import { fetchContent, type FetchPlan, type FetchWorld } from './fetch-content';
import { seedContent } from './seed-content';
import type { StartTransfer } from './transfer';

const folder = temporaryFolder();
const terminal = new RecordingTerminal();
const loopback: Address = { ip: '127.0.0.1', port: 0 };
const world: FetchWorld = { startTransfer, terminal, signal: new AbortController().signal };

/** A seeder over UDP, for as long as the test runs. */
async function seeding(path: string, format: ContentFormat, trackers: readonly string[] = []) {
  const aborting = new AbortController();
  let ready: (address: Address) => void = () => undefined;
  const address = new Promise<Address>((resolve) => (ready = resolve));
  const ended = seedContent(
    { path, format, listen: loopback, trackers },
    { startTransfer, terminal, signal: aborting.signal, onReady: (_, at) => ready(at) },
  );
  await Promise.race([address, ended]);
  const stop = async () => {
    aborting.abort(new InterruptedError('SIGTERM'));
    await ended;
  };
  return { address: await address, stop };
}

async function prepared(size: number, format: ContentFormat) {
  const name = `${format.hash}-${String(format.chunkSize)}-${String(size)}`;
  const content = await sampleContent(folder.path(name), size, format);
  const { metadata } = content.record;
  const out = folder.path(`${name}.out`);
  const plan: FetchPlan = { metadata, out, listen: loopback, trackers: [], peers: [], timeoutSeconds: 60 };
  return { content, path: folder.path(name), plan };
}

const cases: [number, ContentFormat][] = [
  [1, { chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' }],
  [1024, { chunkSize: 1024, hash: 'sha1', addressing: 'chunk32' }],
  [65 * 1024 + 1, { chunkSize: 1024, hash: 'sha1', addressing: 'chunk64' }],
  [300_000, { chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' }],
  [300_000, { chunkSize: 8192, hash: 'sha1', addressing: 'chunk32' }],
];

it.each(cases)('brings %d bytes from a file to a file over UDP, in %j', async (size, format) => {
  const { content, path, plan } = await prepared(size, format);
  const seeder = await seeding(path, format);
  const summary = await fetchContent({ ...plan, peers: [seeder.address] }, world);
  expect(summary).toMatchObject({ bytes: size, resumedBytes: 0, sources: [{ address: seeder.address }] });
  // More where a chunk was sent twice.
  expect(summary.sources[0]?.bytes).toBeGreaterThanOrEqual(size);
  expect(readFileSync(plan.out).equals(content.bytes)).toBe(true);
  await seeder.stop();
});

it('finds the seeder by a tracker', async () => {
  const format: ContentFormat = { chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' };
  const { content, path, plan } = await prepared(100_000, format);
  const tracker = await startTracker({ listen: '127.0.0.1:0' });
  const seeder = await seeding(path, format, [tracker.url]);
  await fetchContent({ ...plan, trackers: [tracker.url] }, world);
  expect(readFileSync(plan.out).equals(content.bytes)).toBe(true);
  await seeder.stop();
  await tracker.close();
});

it('continues an interrupted fetch with what is missing', async () => {
  const format: ContentFormat = { chunkSize: 1024, hash: 'sha256', addressing: 'chunk32' };
  // More than arrives while the first fetch takes leave.
  const size = 120 * extentBytes(format.chunkSize) + 1;
  const { content, path, plan } = await prepared(size, format);
  const seeder = await seeding(path, format);
  const whole = { ...plan, peers: [seeder.address] };
  const aborting = new AbortController();
  const interrupted = fetchContent(whole, {
    ...world,
    signal: aborting.signal,
    startTransfer: interruptedAfter(10, () => aborting.abort(new InterruptedError('SIGINT'))),
  });
  await expect(interrupted).rejects.toBeInstanceOf(InterruptedError);
  const { bytes, resumedBytes, sources } = await fetchContent(whole, world);
  expect(resumedBytes).toBeGreaterThanOrEqual(10 * extentBytes(format.chunkSize));
  expect(sources[0]?.bytes).toBeGreaterThanOrEqual(bytes - resumedBytes);
  expect(sources[0]?.bytes).toBeLessThan(bytes);
  expect(readFileSync(plan.out).equals(content.bytes)).toBe(true);
  await seeder.stop();
});

/** A transfer that is told to stop after some writes. */
function interruptedAfter(writes: number, interrupt: () => void): StartTransfer {
  return (plan) => {
    const { store } = plan;
    let count = 0;
    const write: typeof store.write = async (written) => {
      const answer = await store.write(written);
      if (++count === writes) interrupt();
      return answer;
    };
    return startTransfer({ ...plan, store: { ...bound(store), write } });
  };
}

function bound(store: Parameters<StartTransfer>[0]['store']): typeof store {
  return {
    open: (swarmId) => store.open(swarmId),
    read: (swarmId, index) => store.read(swarmId, index),
    write: (content) => store.write(content),
    erase: (swarmId, index) => store.erase(swarmId, index),
    close: () => store.close(),
  };
}
