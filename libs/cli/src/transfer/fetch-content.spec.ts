import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { sampleContent, temporaryFolder } from '../content/content.testing';
import type { ContentFormat } from '../content/scan';
import { InterruptedError } from '../errors';
import { RecordingTerminal } from '../terminal/terminal.testing';
import { fetchContent, type FetchPlan } from './fetch-content';
import { fakeTransfers } from './transfer.testing';

const folder = temporaryFolder();
const small: ContentFormat = { chunkSize: 64, hash: 'sha256', addressing: 'chunk32' };
const extent = 64 * small.chunkSize;
const peer = { ip: '192.0.2.1', port: 6778 };
let made = 0;

async function prepared(size: number, change: Partial<FetchPlan> = {}) {
  const name = String(made++);
  const content = await sampleContent(folder.path(`${name}.in`), size, small);
  const plan: FetchPlan = {
    metadata: content.record.metadata,
    out: folder.path(`${name}.out`),
    listen: { ip: '127.0.0.1', port: 0 },
    trackers: [],
    peers: [peer],
    timeoutSeconds: undefined,
    ...change,
  };
  return { content, plan, terminal: new RecordingTerminal(), aborting: new AbortController() };
}

it('fetches a file and tells who sent it', async () => {
  const { content, plan, terminal, aborting } = await prepared(3 * extent + 1);
  const { start, started } = fakeTransfers(content);
  const summary = await fetchContent(plan, { startTransfer: start, terminal, signal: aborting.signal });
  expect(summary).toMatchObject({
    bytes: 3 * extent + 1,
    resumedBytes: 0,
    sources: [{ address: peer, bytes: 3 * extent + 1 }],
  });
  expect(readFileSync(plan.out).equals(content.bytes)).toBe(true);
  expect(started[0]).toMatchObject({ closed: true, peers: [{ address: peer, priority: 0 }] });
  expect(terminal.shown).toEqual([]);
});

it('fails in time, keeps what it has, and continues', async () => {
  const { content, plan, terminal, aborting } = await prepared(3 * extent, { timeoutSeconds: 0.2 });
  const world = { terminal, signal: aborting.signal };
  const late = fetchContent(plan, { ...world, startTransfer: fakeTransfers(content, 2).start });
  await expect(late).rejects.toMatchObject({
    code: 'INCOMPLETE',
    message: expect.stringContaining('8.00 KiB of 12.0 KiB'),
  });
  expect(existsSync(`${plan.out}.weir`)).toBe(true);
  const summary = await fetchContent(
    { ...plan, timeoutSeconds: 60 },
    { ...world, startTransfer: fakeTransfers(content).start },
  );
  expect(summary).toMatchObject({ bytes: 3 * extent, resumedBytes: 2 * extent });
  expect(terminal.moved).toContain('checking');
  expect(readFileSync(plan.out).equals(content.bytes)).toBe(true);
});

it('says so when nobody sent anything', async () => {
  const { plan, terminal, aborting } = await prepared(extent, { timeoutSeconds: 0.01 });
  const late = fetchContent(plan, { terminal, signal: aborting.signal, startTransfer: fakeTransfers().start });
  await expect(late).rejects.toMatchObject({ message: expect.stringContaining('no peer sent anything') });
  expect(existsSync(plan.out)).toBe(false);
});

it('needs nobody for a file that is complete', async () => {
  const { content, plan, terminal, aborting } = await prepared(extent);
  const { start, started } = fakeTransfers(content);
  const world = { terminal, signal: aborting.signal, startTransfer: start };
  await fetchContent(plan, world);
  expect(await fetchContent(plan, world)).toMatchObject({ resumedBytes: extent, sources: [] });
  expect(started).toHaveLength(1);
});

it('stops when interrupted, and leaves its peers', async () => {
  const { plan, terminal, aborting } = await prepared(extent);
  const { start, started } = fakeTransfers();
  const stopped = fetchContent(plan, {
    terminal,
    signal: aborting.signal,
    startTransfer: async (transferPlan) => {
      const transfer = await start(transferPlan);
      aborting.abort(new InterruptedError('SIGINT'));
      return transfer;
    },
  });
  await expect(stopped).rejects.toBeInstanceOf(InterruptedError);
  expect(started[0]?.closed).toBe(true);
});

it('fails at once when the disk does', async () => {
  const { content, plan, terminal, aborting } = await prepared(extent);
  const { start } = fakeTransfers(content);
  const failed = fetchContent(plan, {
    terminal,
    signal: aborting.signal,
    startTransfer: (transferPlan) => {
      // In the way of the record, which is written with the first extent.
      mkdirSync(`${plan.out}.weir`);
      return start(transferPlan);
    },
  });
  await expect(failed).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
});

it('fails when no tracker can be reached and nobody else is known', async () => {
  const { content, plan, terminal, aborting } = await prepared(extent, {
    trackers: ['http://127.0.0.1:1/'],
    peers: [],
  });
  const world = { terminal, signal: aborting.signal, startTransfer: fakeTransfers(content).start };
  await expect(fetchContent(plan, world)).rejects.toMatchObject({
    code: 'TRACKER_UNREACHABLE',
    message: expect.stringContaining('http://127.0.0.1:1/'),
  });
  expect(await fetchContent({ ...plan, peers: [peer] }, world)).toMatchObject({ bytes: extent });
});
