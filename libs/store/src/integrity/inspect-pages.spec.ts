import fc from 'fast-check';
import { pageBytes } from '../footprint';
import { inspectSource } from './inspect-pages';
import { type Meta, decodeMeta } from './meta-page';
import { Page } from './page';
import { headerBytes, pageFlags } from './page-layout';
import { MemoryPages, churnedFile } from './pages.testing';

describe('the inspection of a data file', () => {
  let file: Uint8Array;
  let newest: { meta: Meta; slot: 0 | 1 };

  beforeAll(async () => {
    file = await churnedFile();
    newest = newestOf(file);
  });

  it('finds a file whole in which things came and went, and every page of it accounted for', () => {
    const report = inspect(file);
    expect(report).toMatchObject({ verdict: 'whole', damage: undefined, slot: newest.slot, lostPages: 0 });
    expect(report.pagesRead).toBeGreaterThan(10);
  });

  it('says nothing of a file that has nothing in it', () => {
    expect(inspect(new Uint8Array(0))).toMatchObject({ verdict: 'empty' });
  });

  it('finds a file damaged that is no LMDB file, or the beginning of one', () => {
    expect(inspect(new Uint8Array(3 * pageBytes))).toMatchObject({ verdict: 'damaged', damage: { fault: 'meta' } });
    expect(inspect(file.slice(0, 2 * pageBytes))).toMatchObject({ verdict: 'damaged', damage: { fault: 'beyond' } });
    expect(inspect(file.slice(0, 100))).toMatchObject({ verdict: 'damaged' });
  });

  it('falls back on the meta before, where the newest is broken', () => {
    for (const at of [18, headerBytes, headerBytes + 4, headerBytes + 24, headerBytes + 128]) {
      const broken = flipped(file, newest.slot * pageBytes + at, 1);
      expect(inspect(broken)).toMatchObject({
        verdict: 'previous',
        damage: { fault: 'meta' },
        transaction: newest.meta.transaction - 1,
      });
    }
  });

  it('tells what cannot be read from what is wrong, be it a meta or a page of the newest tree', () => {
    const pages = new MemoryPages(file);
    for (const hidden of [0, 1, newest.meta.main.root ?? 0]) {
      const read = (first: number, count: number) =>
        hidden >= first && hidden < first + count ? undefined : pages.read(first, count);
      const { damage } = inspectSource({ pages: pages.pages, read }, file.length);
      expect(damage).toMatchObject({ fault: 'unreadable', pageNumber: hidden });
    }
  });

  it('finds the root of a tree gone astray, its depth, and each of its counts', () => {
    const at = newest.slot * pageBytes + headerBytes + 72;
    for (const offset of [6, 8, 16, 24, 32, 40, 43])
      expect(inspect(flipped(file, at + offset, 2)).damage).toBeDefined();
  });

  it('finds any flipped bit in the header, the places and the sizes of branches and leaves', () => {
    const [branch, leaf] = [pageWith('branch'), pageWith('leaf')];
    for (const pageNumber of [branch, leaf]) {
      const page = pageOf(file, pageNumber);
      const nodes = Array.from({ length: page.count }, (_, index) => page.nodeAt(index));
      const places = nodes.flatMap((_, index) => [headerBytes + 2 * index, headerBytes + 2 * index + 1]);
      // A branch's node begins with the page below; a value's size within its last page is the value's own business.
      const offsets = page.flags === pageFlags.branch ? [0, 1, 2, 3, 4, 5, 6, 7] : [2, 3, 4, 5, 6, 7];
      const parts = nodes.flatMap((at) => offsets.map((offset) => at + offset));
      for (const at of [0, 1, 7, 15, 18, 19, 20, 21, 22, 23, ...places, ...parts]) {
        for (const bit of [1, 128]) {
          const { damage } = inspect(flipped(file, pageNumber * pageBytes + at, bit));
          expect([at, bit, damage === undefined]).toEqual([at, bit, false]);
        }
      }
    }
  });

  it('finds a page that is used and in the list of free ones, and one that is there twice', () => {
    const { root } = newest.meta.free;
    const list = pageOf(file, root ?? 0);
    const faults = new Set<string | undefined>();
    for (let index = 0; index < list.count; index++) {
      const at = list.valueAt(list.nodeAt(index)) + (root ?? 0) * pageBytes;
      for (const bit of [1, 2, 4, 8, 16]) faults.add(inspect(flipped(file, at + 8, bit)).damage?.fault);
    }
    expect(faults).toContain('free-list');
  });

  it('never throws and never goes on for ever, whatever a page holds', () => {
    fc.assert(
      fc.property(mutations(file), (changes) => {
        const broken = file.slice();
        for (const { at, value } of changes) broken[at] = value;
        const source = new MemoryPages(broken);
        expect(['whole', 'previous', 'damaged']).toContain(inspectSource(source, broken.length).verdict);
        expect(source.reads).toBeLessThanOrEqual(3 * source.pages + 4);
      }),
      { numRuns: 400 },
    );
  });

  it('never throws for pages that are noise from the first byte to the last', () => {
    const noise = fc.uint8Array({ minLength: pageBytes, maxLength: pageBytes });
    fc.assert(
      fc.property(noise, fc.nat(file.length / pageBytes - 1), (bytes, pageNumber) => {
        const broken = file.slice();
        broken.set(bytes, pageNumber * pageBytes);
        expect(() => inspect(broken)).not.toThrow();
      }),
      { numRuns: 50 },
    );
  });

  function pageWith(kind: 'branch' | 'leaf'): number {
    for (let pageNumber = 2; pageNumber < file.length / pageBytes; pageNumber++) {
      const page = pageOf(file, pageNumber);
      // In the snapshot, if damage to it is found.
      const isUsed = inspect(flipped(file, pageNumber * pageBytes, 1)).damage !== undefined;
      if (page.flags === pageFlags[kind] && page.count > 1 && isUsed) return pageNumber;
    }
    throw new RangeError(`the file has no ${kind}`);
  }
});

/** Bytes anywhere in pages that say where others are: those before the first extents' values, and every page's header. */
function mutations(file: Uint8Array) {
  const structural = Array.from({ length: file.length / pageBytes }, (_, pageNumber) => pageNumber).filter(
    (pageNumber) => pageNumber < 2 || [1, 2].includes(pageOf(file, pageNumber).flags),
  );
  const at = fc
    .tuple(fc.constantFrom(...structural), fc.nat(pageBytes - 1))
    .map(([pageNumber, offset]) => pageNumber * pageBytes + offset);
  return fc.array(fc.record({ at, value: fc.nat(255) }), { minLength: 1, maxLength: 8 });
}

function inspect(bytes: Uint8Array) {
  return inspectSource(new MemoryPages(bytes), bytes.length);
}

function flipped(file: Uint8Array, at: number, bit: number): Uint8Array {
  const broken = file.slice();
  broken[at] = (broken[at] ?? 0) ^ bit;
  return broken;
}

function pageOf(file: Uint8Array, pageNumber: number): Page {
  return new Page(file.slice(pageNumber * pageBytes, (pageNumber + 1) * pageBytes));
}

function newestOf(file: Uint8Array): { meta: Meta; slot: 0 | 1 } {
  const even = decodeMeta(file.slice(0, pageBytes), 0);
  const odd = decodeMeta(file.slice(pageBytes, 2 * pageBytes), 1);
  if (even === undefined || odd === undefined) throw new RangeError('the file has no metas');
  return even.transaction > odd.transaction ? { meta: even, slot: 0 } : { meta: odd, slot: 1 };
}
