import fs, { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Extent, type SwarmRecord, TreeBuilder, subtreeOf } from '@weir/ppspp';
import { TestContent } from '../content.testing';
import { pageBytes } from '../footprint';
import { newestMeta } from '../integrity/inspect-pages';
import { MemoryPages, placesIn } from '../integrity/pages.testing';
import { openLmdbWriter } from '../lmdb-store';
import { emptyBatch, type SwarmWrite } from '../store';
import { scrubSlice } from './scrub-slice';
import type { ScrubCursor, ScrubDamage } from './scrub-task';

const now = 1_700_000_000;
const content = new TestContent(1, { chunkCount: 64 * 40 });

describe('a scrub', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'weir-scrub-'));
    file = join(directory, 'data.mdb');
    const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
    for (let index = 0; index < 30; index++) {
      const write = { record: content.record, extents: [sound(index)], blocks: [content.block(1, 0)] };
      writer.commit([{ ...emptyBatch, writes: [write] }], now);
      if (index % 5 === 4)
        writer.commit([{ ...emptyBatch, erase: [{ swarmId: content.swarmId, index: index - 3 }] }], now);
    }
    await writer.close();
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('reads every extent of a sound store once, in slices, and finds nothing', () => {
    expect(pass(200_000)).toMatchObject({ extents: 24, damage: [] });
    expect(pass(2 ** 30)).toMatchObject({ extents: 24, damage: [] });
  });

  it.each([
    ['a chunk', 8 + 30_000],
    ['a hash', 8 + 65_536 + 100],
    ['the header', 4],
    ['the seal', 1],
  ])('finds a flipped bit in %s of an extent, and no other', (_, at) => {
    const place = extentPlace(7);
    flip(place.offset + at, 1);
    expect(pass(200_000).damage).toMatchObject([
      { kind: 'extent', remedy: 'erased', swarmId: content.swarmId, extent: 7 },
    ]);
  });

  it('makes the head of an extent anew, by which LMDB frees its pages', () => {
    const before = readFileSync(file);
    const first = extentPlace(9).overflow?.first ?? 0;
    for (const at of [0, 3, 10, 18, 20, 23]) {
      flip(first * pageBytes + at, 1);
      expect(pass(2 ** 30).damage).toMatchObject([{ kind: 'overflow', remedy: 'mended', extent: 9 }]);
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it('finds a flipped bit in a block of hashes', () => {
    const [block] = placesIn(file).filter(({ tree }) => tree === 'hashes');
    flip((block?.offset ?? 0) + 77, 16);
    expect(pass(2 ** 30).damage).toMatchObject([{ kind: 'hashes', remedy: 'lost', swarmId: content.swarmId }]);
  });

  it('makes a block of hashes anew, from extents that are sound, and the head of its pages', async () => {
    const made = madeContent(70);
    const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
    writer.commit([{ ...emptyBatch, writes: [made.write] }], now);
    await writer.close();
    const places = placesIn(file).filter(({ tree }) => tree === 'hashes');
    const at = places.findIndex(({ key }) => key.readUInt32BE(0) === 2);
    for (const byte of [3, 700, 4000]) flip((places[at]?.offset ?? 0) + byte, 64);
    const { damage } = pass(200_000);
    expect(damage).toMatchObject([{ kind: 'hashes', remedy: 'mended', swarmId: made.write.record.metadata.swarmId }]);
    const [block] = damage[0]?.anew?.blocks ?? [];
    expect(block).toEqual(made.write.blocks.find(({ tier, index }) => tier === 1 && index === 0));
    flip((places[at + 1]?.overflow?.first ?? 0) * pageBytes + 20, 1);
    expect(pass(2 ** 30).damage).toMatchObject([{ kind: 'hashes' }, { kind: 'overflow', remedy: 'mended' }]);
    expect(pass(2 ** 30).damage).toHaveLength(1);
  });

  it('reads as much for a swarm however many there are, and each extent once', async () => {
    const reads: number[] = [];
    for (const swarms of [20, 160]) {
      const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
      const contents = Array.from({ length: swarms }, (_, at) => new TestContent(1_000 + at, { chunkCount: 1 }));
      const writes = contents.map(({ record }) => ({ record, extents: [small(record)], blocks: [] }));
      writer.commit([{ ...emptyBatch, writes }], now);
      await writer.close();
      const read = jest.spyOn(fs, 'readSync');
      // A slice for each swarm.
      expect(pass(1)).toMatchObject({ extents: 24 + swarms, damage: [] });
      reads.push(read.mock.calls.length / (24 + swarms));
      read.mockRestore();
    }
    // A tree may have a level more; eight times the swarms must not show.
    expect(Math.max(...reads)).toBeLessThan(3 * Math.min(...reads));
  });

  it('finds a record that is not what was written, and takes its extents for nobody’s', () => {
    const [record] = placesIn(file).filter(({ tree }) => tree === 'swarms');
    flip((record?.offset ?? 0) + 30, 1);
    expect(pass(2 ** 30).damage).toMatchObject([{ kind: 'record', remedy: 'erased', swarmId: content.swarmId }]);
  });

  it('finds a tree that leads astray, and ends its pass there', () => {
    const [leaf] = placesIn(file).filter(({ tree }) => tree === 'extents');
    flip((leaf?.pageNumber ?? 0) * pageBytes + 20, 1);
    expect(pass(2 ** 30)).toMatchObject({ extents: 0, damage: [{ kind: 'pages' }] });
  });

  it('takes a file that grows while it begins for what it is', async () => {
    const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
    const { fstatSync } = fs;
    const measured = jest.spyOn(fs, 'fstatSync').mockImplementationOnce((descriptor: number) => {
      const found = fstatSync(descriptor);
      writer.commit([new TestContent(2).batch([0, 1, 2, 3, 4, 5, 6, 7])], now);
      return found;
    });
    const { damage } = scrubSlice(
      { directory, cursor: { phase: 'pages', after: '' }, bytesMax: 1 },
      () => () => undefined,
    );
    measured.mockRestore();
    expect(damage).toEqual([]);
    await writer.close();
  });

  it('takes for lost what the disk does not give up only when it is told to insist', () => {
    const ends = placesIn(file).flatMap(({ tree, overflow }) =>
      tree === 'extents' && overflow ? [overflow.first] : [],
    );
    truncateSync(file, Math.max(...ends) * pageBytes);
    const task = { directory, cursor: { phase: 'swarms', after: '' }, bytesMax: 2 ** 30 } as const;
    const pin = () => () => undefined;
    expect(() => scrubSlice(task, pin)).toThrow('cannot read an extent');
    const { damage } = scrubSlice({ ...task, insists: true }, pin);
    expect(damage.length).toBeGreaterThan(0);
    expect(new Set(damage.map(({ kind, remedy }) => `${kind} ${remedy}`))).toEqual(new Set(['unreadable erased']));
  });

  it.each(['extents', 'swarms', 'free'] as const)(
    'goes round a page of the tree %s that the disk does not give up, tells of it once, and checks the rest',
    async (name) => {
      const writer = openLmdbWriter({ directory, capacityBytes: 2 ** 30 });
      const contents = Array.from({ length: 160 }, (_, at) => new TestContent(1_000 + at, { chunkCount: 1 }));
      writer.commit(
        [{ ...emptyBatch, writes: contents.map(({ record }) => ({ record, extents: [small(record)], blocks: [] })) }],
        now,
      );
      await writer.close();
      const whole = pass(2 ** 30).extents;
      const leaves = [
        ...new Set(placesIn(file).flatMap(({ tree, pageNumber }) => (tree === name ? [pageNumber] : []))),
      ];
      const hidden = leaves.at(-1) ?? newestMeta(new MemoryPages(readFileSync(file)))?.free.root ?? 0;
      const { readSync } = fs;
      const failing = (descriptor: number, buffer: NodeJS.ArrayBufferView, ...rest: readonly unknown[]): number => {
        const [offset = 0, length = 0, position = 0] = rest.map(Number);
        const isHit = position <= hidden * pageBytes && position + length > hidden * pageBytes;
        if (isHit) throw Object.assign(new RangeError('no'), { code: 'EIO' });
        return readSync(descriptor, buffer, offset, length, position);
      };
      const reading = jest.spyOn(fs, 'readSync').mockImplementation(failing);
      expect(() => pass(2 ** 30)).toThrow('cannot read the structure of the file');
      const { damage, extents } = pass(2 ** 30, true);
      reading.mockRestore();
      expect(damage).toMatchObject([
        { kind: 'unreadable', remedy: 'lost', detail: expect.stringContaining(`page ${hidden}, of the tree ${name}`) },
      ]);
      expect(extents).toBeGreaterThan(0);
      if (name === 'free') expect(extents).toBe(whole);
      else expect(extents).toBeLessThan(whole);
    },
  );

  function pass(bytesMax: number, insists = false) {
    let cursor: ScrubCursor | undefined = { phase: 'pages', after: '' };
    let extents = 0;
    const damage: ScrubDamage[] = [];
    while (cursor !== undefined) {
      const report: ReturnType<typeof scrubSlice> = scrubSlice(
        { directory, cursor, bytesMax, insists },
        () => () => undefined,
      );
      extents += report.extents;
      damage.push(...report.damage);
      cursor = report.next;
    }
    return { extents, damage };
  }

  function extentPlace(index: number) {
    const suffix = index.toString(16).padStart(12, '0');
    const place = placesIn(file).find(({ tree, key }) => tree === 'extents' && key.toString('hex').endsWith(suffix));
    if (place === undefined) throw new RangeError(`no extent ${index}`);
    return place;
  }

  function flip(at: number, bit: number): void {
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] ?? 0) ^ bit;
    writeFileSync(file, bytes);
  }
});

/** An extent whose hashes are those of its bytes. */
function sound(index: number, record: SwarmRecord = content.record): Extent {
  const { bytes } = content.extent(index);
  return { index, bytes, hashes: subtreeOf(record.metadata.hash, bytes, record.metadata.chunkSize) };
}

/** The only extent of a content of one chunk. */
function small(record: SwarmRecord): Extent {
  const bytes = Buffer.alloc(record.metadata.chunkSize, record.metadata.swarmId);
  return { index: 0, bytes, hashes: subtreeOf(record.metadata.hash, bytes, record.metadata.chunkSize) };
}

/** A content whose hashes lead to its swarm ID. */
function madeContent(count: number): { readonly write: SwarmWrite } {
  const builder = new TreeBuilder('sha256');
  const extents = Array.from({ length: count }, (_, index): Extent => {
    const bytes = Buffer.alloc(64 * 16, `extent ${index}`);
    return { index, bytes, hashes: subtreeOf('sha256', bytes, 16) };
  });
  for (const { hashes } of extents) builder.add(hashes);
  const chunkCount = 64 * count;
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const swarmId = Buffer.from(root).toString('hex');
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 16 } as const;
  return { write: { record: { metadata, chunkCount, peaks, contentBytes: undefined }, extents, blocks } };
}
