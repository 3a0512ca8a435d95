import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { publish } from '../sim/content';
import { fetchFile, startFetch, startSeeder } from './harness/peers';
import type { Program } from './harness/program';
import { Relay } from './harness/relay';
import { sha256Of, Stage, type ContentFile } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

interface Stuck {
  readonly content: ContentFile;
  readonly swarmId: string;
  /** Of the seeder itself. */
  readonly address: string;
  readonly out: string;
  readonly fetching: Program;
}

/** A fetch that gets half of the file, and no more. */
async function stuckFetch(size: number, timeoutSeconds: number): Promise<Stuck> {
  const content = stage.content('source', size);
  const { swarmId, address } = await startSeeder(stage, { path: content.path });
  const relay = await Relay.start(stage, '127.2.0.3', address, { passBytes: size / 2 });
  const out = stage.path('out');
  const fetching = startFetch(stage, { swarmId, out, peers: [relay.address], timeoutSeconds });
  return { content, swarmId, address, out, fetching };
}

describe('a fetch that was broken off', () => {
  it('goes on where it was, after kill -9', async () => {
    const { content, swarmId, address, out, fetching } = await stuckFetch(5_000_000, 60);
    const third = content.size / 3;
    await untilTrue('a third of the file is written', () => existsSync(out) && statSync(out).size > third);
    await fetching.kill();
    const summary = await fetchFile(stage, { swarmId, out, peers: [address] });
    expect(summary.bytes).toBe(content.size);
    expect(summary.resumedBytes).toBeGreaterThan(0);
    expect(summary.peers[address]).toBeLessThan(content.size);
    expect(sha256Of(out)).toBe(content.sha256);
    expect(existsSync(`${out}.weir`)).toBe(false);
  });

  it('by its --timeout tells how far it came, and is whole in the end though that was damaged', async () => {
    const { content, swarmId, address, out, fetching } = await stuckFetch(3_000_000, 2.5);
    const { status, stderr, stdout } = await fetching.ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^weir: not complete after 2\.5 s: .*B of .*B here; the same command continues\n$/);
    const damaged = readFileSync(out);
    writeFileSync(out, damaged.fill(damaged.readUInt8(70_000) ^ 1, 70_000, 70_001));
    const summary = await fetchFile(stage, { swarmId, out, peers: [address] });
    expect(summary.resumedBytes).toBeGreaterThan(0);
    expect(sha256Of(out)).toBe(content.sha256);
  });
});

/** Where nobody answers. */
const nobody = '127.2.0.9:9';

describe('a fetch into a file that is there', () => {
  const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;

  it('is done at once if the file is complete', async () => {
    const { path, size, sha256 } = stage.content('source', 1_000_000);
    const { swarmId } = publish(readFileSync(path), settings).metadata;
    const summary = await fetchFile(stage, { swarmId, out: path, peers: [nobody] });
    expect(summary).toMatchObject({ bytes: size, resumedBytes: size, peers: {} });
    expect(sha256Of(path)).toBe(sha256);
  });

  it('leaves other content as it is', async () => {
    const { path, sha256 } = stage.content('other', 100_000);
    const { swarmId } = publish(new Uint8Array(5_000).fill(1), settings).metadata;
    const { status, stderr } = await startFetch(stage, { swarmId, out: path, peers: [nobody] }).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(/^weir: .*other.* has other content already, .*\n$/);
    expect(sha256Of(path)).toBe(sha256);
  });
});
