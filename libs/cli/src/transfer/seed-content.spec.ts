import { writeFileSync } from 'node:fs';
import { sampleContent, temporaryFolder } from '../content/content.testing';
import type { ContentFormat } from '../content/scan';
import { InterruptedError } from '../errors';
import { RecordingTerminal } from '../terminal/terminal.testing';
import { seedContent, type SeedPlan } from './seed-content';
import { fakeTransfers } from './transfer.testing';

const folder = temporaryFolder();
const format: ContentFormat = { chunkSize: 64, hash: 'sha1', addressing: 'chunk64' };
const terminal = new RecordingTerminal();

function planFor(path: string, trackers: readonly string[] = []): SeedPlan {
  return { path, format, listen: { ip: '127.0.0.1', port: 0 }, trackers };
}

it('serves until it is stopped, which is no failure', async () => {
  const path = folder.path('content');
  const { record, extents } = await sampleContent(path, 10_000, format);
  const { start, started } = fakeTransfers();
  const aborting = new AbortController();
  const seen: unknown[] = [];
  await seedContent(planFor(path), {
    startTransfer: start,
    terminal,
    signal: aborting.signal,
    onReady: (ready, address) => {
      seen.push(ready, address);
      aborting.abort(new InterruptedError('SIGTERM'));
    },
  });
  expect(seen).toEqual([record, { ip: '127.0.0.1', port: 40_000 }]);
  expect(started[0]).toMatchObject({ closed: true, plan: { want: 'none', trusted: true, metadata: record.metadata } });
  expect(extents).toHaveLength(3);
});

it('ends when the file is changed and a peer asks for it', async () => {
  const path = folder.path('changing');
  const { record } = await sampleContent(path, 10_000, format);
  const { start, started } = fakeTransfers();
  const ended = seedContent(planFor(path), {
    startTransfer: start,
    terminal,
    signal: new AbortController().signal,
    onReady: () => {
      writeFileSync(path, 'changed', { flag: 'r+' });
      void started[0]?.plan.store.read(record.metadata.swarmId, 0);
    },
  });
  await expect(ended).rejects.toMatchObject({ code: 'CONTENT_CHANGED' });
  expect(started[0]?.closed).toBe(true);
});

it('ends when no tracker can be reached', async () => {
  const path = folder.path('unknown');
  await sampleContent(path, 100, format);
  const world = { startTransfer: fakeTransfers().start, terminal, signal: new AbortController().signal };
  const ended = seedContent(planFor(path, ['http://127.0.0.1:1/']), { ...world, onReady: () => undefined });
  await expect(ended).rejects.toMatchObject({
    code: 'TRACKER_UNREACHABLE',
    message: expect.stringContaining('http://127.0.0.1:1/'),
  });
});
