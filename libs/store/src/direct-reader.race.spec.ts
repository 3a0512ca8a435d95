import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Extent } from '@weir/ppspp';
import { DirectReader } from './direct-reader';
import { guardAddon } from './guard-addon';
import { workerFile } from './worker-file';

const seed = Number(process.env['WEIR_RACE_SEED'] ?? Date.now() % 2 ** 31);
const commits = Number(process.env['WEIR_RACE_COMMITS'] ?? 600);
const swarmIds = [1, 2, 3].map((number) => String(number).repeat(64));
const extents = 40;
const described = guardAddon() === undefined ? describe.skip : describe;

/**
 * Writes, erases and retires at random, and says of each extent, before and after: a number that grows, and how it stands. 0: it is
 * not there, 1: it is, 2: who knows. Every byte of an extent is that of its swarm and number.
 */
const writing = `
const { workerData: { store, directory, states, seed, commits, swarmIds, extents } } = require('node:worker_threads');
const { openLmdbWriter } = require(store);
const state = new Int32Array(states);
let dice = seed;
const roll = (sides) => {
  dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
  return Math.floor((dice / 2 ** 32) * sides);
};
const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30, judgement: { swarmShareMax: 1 } });
const fill = (swarm, index, length) => new Uint8Array(length).fill(1 + swarm * 50 + index);
const recordOf = (swarm) => ({
  metadata: { swarmId: swarmIds[swarm], hash: 'sha256', addressing: 'chunk32', chunkSize: 64 },
  chunkCount: 64 * extents, peaks: [new Uint8Array(32), new Uint8Array(32)], contentBytes: undefined,
});
for (let commit = 0; commit < commits; commit++) {
  const swarm = roll(3);
  const kind = roll(20);
  const from = roll(extents);
  const indexes = kind === 0 ? [...Array(extents).keys()] : [...Array(1 + roll(Math.min(8, extents - from))).keys()].map((at) => from + at);
  const isWrite = kind > 7;
  const mark = (code) => indexes.forEach((index) => {
    const at = 1 + swarm * extents + index;
    Atomics.store(state, at, ((Atomics.load(state, at) >> 2) + 1) * 4 + code);
  });
  mark(2);
  const swarmId = swarmIds[swarm];
  const written = indexes.map((index) => ({ index, bytes: fill(swarm, index, 4096), hashes: fill(swarm, index, 127 * 32) }));
  const writes = isWrite ? [{ record: recordOf(swarm), extents: written, blocks: [] }] : [];
  const erase = isWrite ? [] : kind === 0 ? [{ swarmId }] : indexes.map((index) => ({ swarmId, index }));
  writer.commit([{ erase, touched: [], writes }], 1 + commit);
  if (roll(3) === 0) writer.sweep();
  mark(isWrite ? 1 : 0);
}
writer.close().then(() => Atomics.store(state, 0, 1));
`;

described(`DirectReader beside a writer at work (WEIR_RACE_SEED=${seed})`, () => {
  it('gives nothing that is not the extent that was asked for, and nothing that was erased before', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'weir-race-'));
    const states = new SharedArrayBuffer(4 * (1 + swarmIds.length * extents));
    const state = new Int32Array(states);
    const store = join(dirname(workerFile('writer')), 'lmdb-store.js');
    const workerData = { store, directory, states, seed, commits, swarmIds, extents };
    const worker = new Worker(writing, { eval: true, workerData });
    const ended = once(worker, 'exit');
    const counts = { right: 0, nothing: 0, knownAbsent: 0 };
    const look = async (reader: DirectReader | undefined, at: number): Promise<void> => {
      const before = Atomics.load(state, 1 + at);
      const extent = await reader?.read(swarmIds[Math.floor(at / extents)] ?? '', at % extents);
      const isAbsent = before % 4 === 0 && Atomics.load(state, 1 + at) === before;
      counts[extent === undefined ? 'nothing' : 'right']++;
      if (isAbsent) counts.knownAbsent++;
      expect({ at, extent: whatIs(extent, at) }).toEqual({
        at,
        extent: isAbsent || extent === undefined ? 'nothing' : 'right',
      });
    };
    let reader: DirectReader | undefined;
    for (let at = 0; Atomics.load(state, 0) === 0; at = (at + 7) % (swarmIds.length * extents)) {
      reader ??= DirectReader.open(join(directory, 'data.mdb'));
      await look(reader, at);
    }
    reader?.close();
    await ended;
    await rm(directory, { recursive: true });
    // All three kinds were met.
    expect(Object.values(counts).every((count) => count > 100)).toBe(true);
  }, 60_000);
});

function whatIs(extent: Extent | undefined, at: number): 'right' | 'wrong' | 'nothing' {
  if (extent === undefined) return 'nothing';
  const byte = 1 + Math.floor(at / extents) * 50 + (at % extents);
  const isRight = extent.index === at % extents && isAll(extent.bytes, 4096, byte);
  return isRight && isAll(extent.hashes, 127 * 32, byte) ? 'right' : 'wrong';
}

function isAll(bytes: Uint8Array, length: number, byte: number): boolean {
  return Buffer.compare(bytes, Buffer.alloc(length, byte)) === 0;
}
