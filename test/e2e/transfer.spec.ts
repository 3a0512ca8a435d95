import { existsSync } from 'node:fs';
import { z } from 'zod';
import { fetchFile, formatArgs, startSeeder, type Format } from './harness/peers';
import { sha256Of, Stage } from './harness/stage';
import { Tracker } from './harness/tracker';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

interface Case {
  readonly what: string;
  readonly size: number;
  readonly format: Format;
}

/** Each value of each option with several of the others, at sizes where the tree has one chunk, no gap, a level more. */
const cases: readonly Case[] = [
  { what: 'one byte', size: 1, format: { hash: 'sha1', chunkSize: 1_400 } },
  { what: 'one chunk', size: 8_192, format: { hash: 'sha256', addressing: 'chunk64', chunkSize: 8_192 } },
  { what: '64 chunks', size: 64 * 512, format: { hash: 'sha224', addressing: 'bin64', chunkSize: 512 } },
  { what: '65 chunks', size: 64 * 1_400 + 1, format: { hash: 'sha384', addressing: 'byte64', chunkSize: 1_400 } },
  { what: '4096 chunks', size: 2 ** 22, format: { addressing: 'chunk64' } },
  { what: 'an odd number of bytes', size: 2_222_221, format: { hash: 'sha1', addressing: 'byte64', chunkSize: 512 } },
  { what: 'large chunks', size: 4_000_003, format: { hash: 'sha512', addressing: 'bin32', chunkSize: 8_192 } },
  { what: 'the largest chunks', size: 1_000_003, format: { hash: 'sha384', addressing: 'byte64', chunkSize: 65_000 } },
];

describe('seed and fetch', () => {
  it.each(cases)('carry $what: $format', async ({ size, format }) => {
    const content = stage.content('source', size);
    const { swarmId, address } = await startSeeder(stage, { path: content.path, format });
    const out = stage.path('out');
    const summary = await fetchFile(stage, { swarmId, out, peers: [address], format });
    expect(summary).toMatchObject({ swarmId, bytes: size, resumedBytes: 0 });
    expect(Object.keys(summary.peers)).toEqual([address]);
    expect(sha256Of(out)).toBe(content.sha256);
    expect(existsSync(`${out}.weir`)).toBe(false);
  });

  it('find each other through a tracker alone, and leave it when they end', async () => {
    const content = stage.content('source', 1_000_000);
    const tracker = await Tracker.start(stage);
    const trackers = [tracker.url];
    const { swarmId, address, program } = await startSeeder(stage, { path: content.path, trackers });
    const summary = await fetchFile(stage, { swarmId, out: stage.path('out'), trackers });
    expect(Object.keys(summary.peers)).toEqual([address]);
    expect(sha256Of(stage.path('out'))).toBe(content.sha256);
    expect(await tracker.peers(swarmId)).toEqual([address]);
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ status: 0, signal: null });
    expect(await tracker.metric('ppstp_tracker_peers')).toBe(0);
  });
});

describe('a link', () => {
  it.each([0, 64, 300_001])('is all that a fetch needs, for %d bytes', async (size) => {
    const content = stage.content('source', size);
    const { link, swarmId } = await startSeeder(stage, { path: content.path, format: { addressing: 'bin32' } });
    const summary = await fetchFile(stage, { swarmId: link, out: stage.path('out') });
    expect(summary).toMatchObject({ swarmId, bytes: size });
    expect(sha256Of(stage.path('out'))).toBe(content.sha256);
  });

  it('carries content that nothing protects, where both sides say so', async () => {
    const content = stage.content('source', 300_001);
    const name = ['--integrity', 'none', '--swarm-id', 'c0ffee'];
    const { link, address } = await startSeeder(stage, { path: content.path, more: name });
    await fetchFile(stage, { swarmId: link, out: stage.path('out') });
    expect(sha256Of(stage.path('out'))).toBe(content.sha256);
    const refused = stage.weir(['fetch', 'c0ffee', '--out', stage.path('no'), '--peer', address]);
    expect(await refused.ended).toMatchObject({ status: 2 });
  });
});

const published = z.object({ swarmId: z.string(), contentBytes: z.number() });

describe('publish', () => {
  it('prints the swarm ID that seed announces', async () => {
    const format = { hash: 'sha1', addressing: 'chunk64', chunkSize: 1_400 } as const;
    const { path, size } = stage.content('source', 1_000_001);
    const publishing = stage.weir(['publish', path, '--json', ...formatArgs(format)]);
    const { swarmId } = await startSeeder(stage, { path, format });
    const { status, stdout } = await publishing.ended;
    expect(status).toBe(0);
    expect(published.parse(JSON.parse(stdout))).toEqual({ swarmId, contentBytes: size });
  });
});
