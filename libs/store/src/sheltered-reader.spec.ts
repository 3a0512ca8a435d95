import { TestContent } from './content.testing';
import { StoreError } from './errors';
import { lateReadsMax } from './limits';
import { MemoryStore } from './memory-store';
import { ShelteredReader } from './sheltered-reader';
import type { OpenedSwarm, StoreReader } from './store';

const content = new TestContent(1);
const capacityBytes = 64 * 1024 * 1024;

/** A reader whose disk answers when it is let. */
function slowReader(inner: StoreReader) {
  const held: (() => void)[] = [];
  let hangs = false;
  const turn = async (): Promise<void> => {
    if (hangs) await new Promise<void>((resolve) => held.push(resolve));
  };
  const reader: StoreReader = {
    swarms: () => inner.swarms(),
    rules: () => inner.rules(),
    leftovers: () => inner.leftovers(),
    stillThere: (numbers) => inner.stillThere(numbers),
    holds: (swarmId) => inner.holds(swarmId),
    open: async (swarmId) => {
      await turn();
      return inner.open(swarmId);
    },
    read: async (swarmId, index) => {
      await turn();
      return inner.read(swarmId, index);
    },
    close: () => inner.close(),
  };
  const hang = (): void => void (hangs = true);
  const answer = (): void => {
    hangs = false;
    for (const release of held.splice(0)) release();
  };
  return { reader, hang, answer, asked: () => held.length };
}

describe('a sheltered reader', () => {
  const store = new MemoryStore();
  beforeAll(() => void store.writer({ capacityBytes }).commit([content.batch([0, 1])], 1));

  it('answers that there is nothing, in time, asks no more while much is late, and goes on by itself', async () => {
    const disk = slowReader(store.reader());
    const states: boolean[] = [];
    const onSlow = (slow: boolean): void => void states.push(slow);
    const sheltered = new ShelteredReader(() => disk.reader, { millisMax: 1, onSlow });
    disk.hang();
    for (let read = 0; read < lateReadsMax + 5; read++)
      await expect(sheltered.read(content.swarmId, 0)).resolves.toBeUndefined();
    expect(disk.asked()).toBe(lateReadsMax);
    expect(states).toEqual([true]);
    disk.answer();
    await new Promise(setImmediate);
    expect(states).toEqual([true, false]);
    await expect(new ShelteredReader(() => disk.reader).read(content.swarmId, 0)).resolves.toEqual(content.extent(0));
    await expect(sheltered.open(content.swarmId)).resolves.toMatchObject({ extents: [0, 1] });
  });

  it('tells what there is of a swarm that was opened too late, or of which a read was late', async () => {
    const disk = slowReader(store.reader());
    const found: [string, readonly number[]][] = [];
    const onFound = (swarmId: string, { extents }: OpenedSwarm): void => void found.push([swarmId, extents]);
    const sheltered = new ShelteredReader(() => disk.reader, { millisMax: 1, onFound });
    disk.hang();
    await expect(sheltered.open(content.swarmId)).resolves.toBeUndefined();
    disk.answer();
    await new Promise(setImmediate);
    expect(found.splice(0)).toEqual([[content.swarmId, [0, 1]]]);
    disk.hang();
    for (let read = 0; read < lateReadsMax + 5; read++) await sheltered.read(content.swarmId, 0);
    expect(found).toEqual([]);
    disk.answer();
    await new Promise(setImmediate);
    expect(found.splice(0)).toEqual([[content.swarmId, [0, 1]]]);
    await expect(sheltered.read(content.swarmId, 0)).resolves.toEqual(content.extent(0));
    expect(found).toEqual([]);
  });

  it('tells what there is of a swarm that was asked for while it was off the store', async () => {
    const found: string[] = [];
    const sheltered = new ShelteredReader(() => store.reader(), { onFound: (swarmId) => void found.push(swarmId) });
    await sheltered.detach();
    await expect(sheltered.open(content.swarmId)).resolves.toBeUndefined();
    sheltered.attach();
    await new Promise(setImmediate);
    expect(found).toEqual([content.swarmId]);
  });

  it('passes on what went wrong', async () => {
    const failing = {
      ...slowReader(store.reader()).reader,
      read: () => Promise.reject(new StoreError('STORE_UNREADABLE', 'EIO')),
    };
    await expect(new ShelteredReader(() => failing).read(content.swarmId, 0)).rejects.toThrow('EIO');
  });

  it('has nothing while it is off the store, and what there is when it is back', async () => {
    let opened = 0;
    const sheltered = new ShelteredReader(() => (opened++, store.reader()));
    await sheltered.detach();
    expect(sheltered.swarms()).toEqual([]);
    expect(sheltered.holds(content.swarmId)).toBe(false);
    await expect(sheltered.read(content.swarmId, 0)).resolves.toBeUndefined();
    sheltered.attach();
    await expect(sheltered.read(content.swarmId, 1)).resolves.toEqual(content.extent(1));
    expect(opened).toBe(2);
    await sheltered.close();
    sheltered.attach();
    expect(() => sheltered.swarms()).toThrow('closed');
  });
});
