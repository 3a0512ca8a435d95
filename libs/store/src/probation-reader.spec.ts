import type { Extent } from '@weir/ppspp';
import { TestContent } from './content.testing';
import { MemoryStore } from './memory-store';
import { ProbationSlab } from './probation/probation-slab';
import { ProbationReader } from './probation-reader';
import { SlabView } from './slab-view';
import type { StoreReader, StoreWriter } from './store';

const content = new TestContent(1);
const { swarmId } = content;

describe('a reader of the slab and the disk', () => {
  let slab: ProbationSlab;
  let writer: StoreWriter;
  let disk: StoreReader;
  let view: SlabView;

  beforeEach(() => {
    const store = new MemoryStore();
    writer = store.writer({ capacityBytes: 64 * 1024 * 1024 });
    disk = store.reader();
    slab = new ProbationSlab(1024 * 1024);
    view = new SlabView();
  });

  function put(index: number) {
    const place = slab.put(content.extent(index));
    if (place === undefined) throw new RangeError('no room');
    return { swarmId, index, place };
  }

  /** A disk on which something happens before it answers. */
  function after(act: () => void): StoreReader {
    const acted = async <Result>(answer: () => Promise<Result>): Promise<Result> => {
      act();
      return await answer();
    };
    return {
      swarms: () => disk.swarms(),
      rules: () => disk.rules(),
      leftovers: () => disk.leftovers(),
      stillThere: (numbers) => disk.stillThere(numbers),
      holds: (id) => disk.holds(id),
      open: (id) => acted(() => disk.open(id)),
      read: (id, index): Promise<Extent | undefined> => acted(() => disk.read(id, index)),
      close: () => disk.close(),
    };
  }

  it('waits until it is told what is there', async () => {
    writer.commit([content.batch([3])], 1);
    const opening = new ProbationReader(disk, view).open(swarmId);
    view.begin({ memory: slab.memory, held: [put(5)] });
    await expect(opening).resolves.toMatchObject({ extents: [3, 5] });
  });

  it('reads the disk alone when the writer ends without a word', async () => {
    writer.commit([content.batch([3])], 1);
    const reading = new ProbationReader(disk, view).read(swarmId, 3);
    expect(view.end()).toEqual([]);
    await expect(reading).resolves.toEqual(content.extent(3));
  });

  it('finds on disk what was given up in memory before the news of it came', async () => {
    const held = put(5);
    view.begin({ memory: slab.memory, held: [held] });
    const reader = new ProbationReader(disk, view);
    await expect(reader.read(swarmId, 5)).resolves.toEqual(content.extent(5));
    // The writer's order: on disk first, then the place is free and somebody else's, then the news.
    writer.commit([content.batch([5])], 1);
    slab.release(held.place);
    for (let index = 0; index < 10; index++) slab.put(content.extent(9));
    await expect(reader.read(swarmId, 5)).resolves.toEqual(content.extent(5));
    view.apply({ released: [{ swarmId, index: 5 }], held: [] });
    await expect(reader.read(swarmId, 5)).resolves.toEqual(content.extent(5));
  });

  it('has nothing of what left for good, not even when its place was taken', async () => {
    const held = put(5);
    view.begin({ memory: slab.memory, held: [held] });
    slab.release(held.place);
    put(6);
    await expect(new ProbationReader(disk, view).read(swarmId, 5)).resolves.toBeUndefined();
  });

  it('opens what moves to disk meanwhile in the one place or in the other', async () => {
    writer.commit([content.batch([3])], 1);
    const held = put(5);
    view.begin({ memory: slab.memory, held: [held] });
    const opened = await new ProbationReader(
      after(() => view.apply({ released: [held], held: [] })),
      view,
    ).open(swarmId);
    expect(opened?.extents).toEqual([3, 5]);
  });

  it('finds what came to memory while the disk was asked', async () => {
    view.begin({ memory: slab.memory, held: [] });
    const reader = new ProbationReader(
      after(() => view.apply({ released: [], held: [put(5)] })),
      view,
    );
    await expect(reader.read(swarmId, 5)).resolves.toEqual(content.extent(5));
  });

  it('knows what was lost with the writer', () => {
    view.begin({ memory: slab.memory, held: [put(5), put(6)] });
    expect(view.end()).toEqual([
      { swarmId, index: 5 },
      { swarmId, index: 6 },
    ]);
    expect(view.indexes(swarmId)).toEqual([]);
  });
});
