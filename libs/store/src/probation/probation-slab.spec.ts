import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Extent } from '@weir/ppspp';
import fc from 'fast-check';
import { TestContent } from '../content.testing';
import { pageBytes } from '../footprint';
import { ProbationSlab, type SlabPlace } from './probation-slab';
import { SlabReader } from './slab-reader';

const content = new TestContent(1);

/** Room for so many extents of 64 chunks of 1 KiB with their 127 SHA-256 hashes: 17 pages each. */
function slabFor(extents: number): ProbationSlab {
  return new ProbationSlab(extents * 17 * pageBytes);
}

function kept(slab: ProbationSlab, index: number): SlabPlace {
  const place = slab.put(content.extent(index));
  if (place === undefined) throw new RangeError(`no room for extent ${String(index)}`);
  return place;
}

/** Comparing the bytes one by one would take the test's time. */
function digest(extent: Extent | undefined): string {
  const hash = createHash('sha256');
  return hash
    .update(extent?.bytes ?? '')
    .update(extent?.hashes ?? '')
    .digest('hex');
}

describe('ProbationSlab', () => {
  it('gives back what it was given, in memory of the reader’s own', () => {
    const slab = slabFor(2);
    const reader = new SlabReader(slab.memory);
    const place = kept(slab, 3);
    reader.read(3, place)?.bytes.fill(0);
    expect(reader.read(3, place)).toEqual(content.extent(3));
  });

  it('takes no more than fits, and again once something left', () => {
    const slab = slabFor(2);
    const first = kept(slab, 0);
    kept(slab, 1);
    expect(slab.usedBytes).toBe(slab.capacityBytes);
    expect(slab.put(content.extent(2))).toBeUndefined();
    slab.release(first);
    expect(kept(slab, 2).pages).toHaveLength(17);
  });

  it('has nothing at a place that was released, whoever has it now', () => {
    const slab = slabFor(1);
    const reader = new SlabReader(slab.memory);
    const before = kept(slab, 0);
    slab.release(before);
    expect(reader.read(0, before)).toBeUndefined();
    const after = kept(slab, 1);
    expect([reader.read(0, before), reader.read(1, after)]).toEqual([undefined, content.extent(1)]);
  });

  it('releases a place once', () => {
    const slab = slabFor(2);
    const place = kept(slab, 0);
    slab.release(place);
    slab.release(place);
    const places = [kept(slab, 1), kept(slab, 2)];
    expect(slab.put(content.extent(3))).toBeUndefined();
    slab.release(place);
    expect(places.map((held, at) => new SlabReader(slab.memory).read(at + 1, held))).toEqual([
      content.extent(1),
      content.extent(2),
    ]);
  });

  it('may be empty', () => {
    const slab = new ProbationSlab(0);
    expect(slab.put(content.extent(0))).toBeUndefined();
    expect([slab.usedBytes, slab.capacityBytes, slab.memory.length]).toEqual([0, 0, 0]);
  });

  const digests = Array.from({ length: 10 }, (_, index) => digest(content.extent(index)));

  it('keeps each extent apart from all others, in any order of coming and going', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 60 }), (steps) => {
        const slab = new ProbationSlab(5 * 17 * pageBytes + 100);
        const reader = new SlabReader(slab.memory);
        const held = new Map<number, SlabPlace>();
        for (const [isPut, index] of steps) {
          const place = held.get(index);
          if (isPut && place === undefined) {
            const put = slab.put(content.extent(index));
            expect(put !== undefined).toBe(held.size < 5);
            if (put !== undefined) held.set(index, put);
          } else if (!isPut && place !== undefined) {
            slab.release(place);
            held.delete(index);
          }
          for (const [at, where] of held) expect(digest(reader.read(at, where))).toBe(digests[at]);
          expect(slab.usedBytes).toBe(held.size * 17 * pageBytes);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('SlabReader on another thread', () => {
  it('never sees half of one extent and half of another', async () => {
    const slab = new ProbationSlab(17 * pageBytes);
    const shared = new SharedArrayBuffer(8);
    const state = new Int32Array(shared);
    const rounds = 20_000;
    const worker = new Worker(overwriter, { eval: true, workerData: { memory: slab.memory, shared, rounds } });
    const ended = once(worker, 'exit');
    const reader = new SlabReader(slab.memory);
    const pages = Uint32Array.from({ length: 17 }, (_, at) => at);
    let whole = 0;
    while (Atomics.load(state, 1) === 0) {
      const generation = Atomics.load(state, 0) - randomInt(2);
      const read = reader.read(0, { pages, generation, contentBytes: 17 * pageBytes, hashBytes: 0 });
      if (read === undefined) continue;
      whole++;
      // Each round fills all of it with its own number.
      expect(new Set(read.bytes).size).toBe(1);
      expect(read.bytes[0]).toBe(generation & 0xff);
    }
    await ended;
    expect(whole).toBeGreaterThan(0);
  }, 30_000);
});

/** Does what `release` and `put` do, again and again: outdates the first page, fills all of them with the new generation. */
const overwriter = `
  const { workerData: { memory: [piece], shared, rounds } } = require('node:worker_threads');
  const generations = new Int32Array(piece, 0, 17);
  const pages = new Uint8Array(piece, 17 * 4);
  const state = new Int32Array(shared);
  for (let round = 1; round <= rounds; round++) {
    Atomics.add(generations, 0, 1);
    pages.fill(round & 0xff);
    Atomics.store(state, 0, round);
    if (round % 64 === 0) Atomics.wait(state, 1, 0, 1);
  }
  Atomics.store(state, 1, 1);
`;
