import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestContent } from '../content.testing';
import { openLmdbWriter } from '../lmdb-store';
import { DistantWitness } from './distant-witness';
import { testify, type Testimony, type WitnessTask } from './question';

const content = new TestContent(1);
const capacityBytes = 64 * 1024 * 1024;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-witness-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A disk that hangs until it is let. */
function hangingDisk() {
  const asked: (() => void)[] = [];
  const run = async (task: WitnessTask): Promise<Testimony> => {
    await new Promise<void>((resolve) => asked.push(resolve));
    return testify(task);
  };
  const answer = (): void => {
    for (const release of asked.splice(0)) release();
  };
  return { run, answer, asked };
}

it('tells what is in a store from a thread of its own, and leaves nothing of it open', async () => {
  const writer = openLmdbWriter({ directory, capacityBytes });
  const rule = { kind: 'label', name: 'news', quotaBytes: 7 } as const;
  writer.commit([{ ...content.batch([0, 1]), rules: [rule] }], 1);
  const witness = new DistantWitness(directory);
  await expect(witness.rulesAtLast()).resolves.toEqual([rule]);
  await expect(witness.find(content.swarmId, [1, 2])).resolves.toMatchObject({ extents: 3, hashBlocks: 0 });
  await expect(witness.find('ab'.repeat(32), [1])).resolves.toBeUndefined();
  writer.commit([{ erase: [{ swarmId: content.swarmId }], touched: [], writes: [] }], 2);
  const left = await witness.leftovers();
  expect(left).toHaveLength(1);
  await expect(witness.stillThere(left)).resolves.toEqual(left);
  while (writer.sweep());
  await expect(witness.stillThere(left)).resolves.toEqual([]);
  await expect(witness.leftovers()).resolves.toEqual([]);
  await witness.close();
  await expect(witness.rules()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  await writer.close();
});

it('does not wait for a disk that hangs, asks no more of it, and goes on by itself', async () => {
  const disk = hangingDisk();
  const witness = new DistantWitness(directory, { millisMax: 1, run: disk.run });
  await expect(witness.leftovers()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  expect(witness.isSlow).toBe(true);
  for (const ask of [() => witness.rules(), () => witness.find(content.swarmId, []), () => witness.stillThere([1])])
    await expect(ask()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  expect(disk.asked).toHaveLength(1);
  const detached = witness.detach();
  disk.answer();
  await detached;
  expect(witness.isSlow).toBe(false);
  await expect(witness.rules()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  witness.attach();
  const patient = witness.rulesAtLast();
  expect(disk.asked).toHaveLength(1);
  disk.answer();
  await expect(patient).resolves.toEqual([]);
});

it('says why a store does not tell what is in it', async () => {
  const failure = { code: 'STORE_CORRUPT', message: 'planned', details: { key: 'a' } } as const;
  const witness = new DistantWitness(directory, { run: () => Promise.resolve({ failure }) });
  await expect(witness.rules()).rejects.toMatchObject(failure);
  const lost = new DistantWitness(directory, { run: () => Promise.reject(new TypeError('planned')) });
  await expect(lost.leftovers()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(lost.isSlow).toBe(false);
});
