import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { subtreeOf } from '@weir/ppspp';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import type { StoreReader } from './store';
import { workerFile } from './worker-file';

const seed = Number(process.env['STORE_SEED'] ?? randomInt(2 ** 31));
const swarmId = 'ab'.repeat(32);
const builtLibs = join(dirname(workerFile('writer')), '../..');

/** Runs the compiled writer in a process of its own: build first. */
describe('a process that is killed while it writes', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-kill-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it(`loses nothing that was acknowledged (STORE_SEED=${seed})`, async () => {
    const random = randomFrom(seed);
    const acknowledged = new Set<number>();
    for (let round = 0; round < 4; round++) {
      const first = Math.max(-1, ...acknowledged) + 10;
      await runUntilKilled(first, 1 + Math.floor(random() * 40), acknowledged);
      const reader = openLmdbReader(directory);
      const held = await heldIn(reader);
      expect([...acknowledged].filter((index) => !held.has(index))).toEqual([]);
      await expectWhole(reader, held);
      await reader.close();
      const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
      expect(writer.usage()).toMatchObject({ swarms: 1, extents: held.size });
      await writer.close();
    }
  }, 60_000);

  async function runUntilKilled(first: number, acknowledgements: number, heard: Set<number>): Promise<void> {
    const child = spawn(
      process.execPath,
      [join(__dirname, 'kill-safety.child.cjs'), builtLibs, directory, String(first)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(child, 'exit');
    let left = acknowledgements;
    for await (const line of createInterface({ input: outputOf(child) })) {
      heard.add(Number(line));
      if (--left === 0) child.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
  }
});

function outputOf(child: ChildProcess): NodeJS.ReadableStream {
  if (child.stdout === null) throw new TypeError('the child has no output');
  return child.stdout;
}

async function heldIn(reader: StoreReader): Promise<Set<number>> {
  const opened = await reader.open(swarmId);
  expect(reader.swarms()).toMatchObject([{ extentsHeld: opened?.extents.length }]);
  const blocks = new Set(opened?.blocks.map(({ index }) => index));
  for (const index of opened?.extents ?? []) expect(blocks).toContain(Math.floor(index / 64));
  return new Set(opened?.extents);
}

/** What was not acknowledged may be there too, but then all of it. */
async function expectWhole(reader: StoreReader, held: ReadonlySet<number>): Promise<void> {
  for (const index of held) {
    const extent = await reader.read(swarmId, index);
    const bytes = bytesOf(index);
    expect(Buffer.compare(extent?.bytes ?? Buffer.of(), bytes)).toBe(0);
    expect(Buffer.compare(extent?.hashes ?? Buffer.of(), subtreeOf('sha256', bytes, 1024))).toBe(0);
  }
}

/** The same bytes as in the child: they depend on the index alone. */
function bytesOf(index: number): Uint8Array {
  const words = new Uint32Array(16_384);
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(index * 16_384 + at, 2654435761);
  return new Uint8Array(words.buffer);
}

/** Numbers from 0 to 1 that depend on the seed alone. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
