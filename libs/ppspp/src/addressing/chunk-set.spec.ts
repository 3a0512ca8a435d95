import * as fc from 'fast-check';
import type { ChunkRange } from './chunk-range';
import { ChunkSet } from './chunk-set';

const span = 80;
const range = fc
  .tuple(fc.nat(span - 1), fc.nat(12))
  .map(([first, more]) => ({ first, last: Math.min(span - 1, first + more) }));
const step = fc.record({ add: fc.boolean(), range });

function chunksOf({ first, last }: ChunkRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function members(set: ChunkSet): number[] {
  return set.runs().flatMap(chunksOf);
}

describe('ChunkSet', () => {
  it('does what a plain set of numbers does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), range, fc.nat(span), (steps, probe, chunk) => {
        const set = new ChunkSet();
        const model = new Set<number>();
        for (const {
          add,
          range: { first, last },
        } of steps) {
          if (add) set.add({ first, last });
          else set.remove({ first, last });
          for (let at = first; at <= last; at++)
            if (add) model.add(at);
            else model.delete(at);
        }
        const sorted = [...model].sort((one, other) => one - other);
        const probed = Array.from({ length: probe.last - probe.first + 1 }, (_, at) => probe.first + at);
        expect(members(set)).toEqual(sorted);
        expect(set.size).toBe(sorted.length);
        expect(set.has(chunk)).toBe(model.has(chunk));
        expect(set.intersects(probe)).toBe(probed.some((at) => model.has(at)));
        expect(set.covers(probe)).toBe(probed.every((at) => model.has(at)));
        const gaps = set.gaps(probe);
        expect(gaps.flatMap(chunksOf)).toEqual(probed.filter((at) => !model.has(at)));
        expect(gaps.slice(1).every(({ first }, at) => first > (gaps[at]?.last ?? 0) + 1)).toBe(true);
        expect(set.nextIn(chunk)).toBe(sorted.find((at) => at >= chunk));
        let out = chunk;
        while (model.has(out)) out++;
        expect(set.nextOut(chunk)).toBe(out);
      }),
    );
  });

  it('keeps runs disjoint and apart', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 60 }), (ranges) => {
        const set = new ChunkSet();
        ranges.forEach((added) => set.add(added));
        const runs = set.runs();
        runs.slice(1).forEach((run, at) => expect(run.first).toBeGreaterThan((runs[at]?.last ?? 0) + 1));
      }),
    );
  });

  it('refuses a run beyond its bound, and still grows the runs it has', () => {
    const set = new ChunkSet(2);
    expect(set.add({ first: 0, last: 0 })).toBe(true);
    expect(set.add({ first: 10, last: 20 })).toBe(true);
    expect(set.add({ first: 30, last: 30 })).toBe(false);
    expect(set.add({ first: 1, last: 5 })).toBe(true);
    expect(set.runs()).toEqual([
      { first: 0, last: 5 },
      { first: 10, last: 20 },
    ]);
  });

  it('holds chunk numbers up to 2^53 - 1', () => {
    const set = new ChunkSet();
    set.add({ first: 2 ** 40, last: Number.MAX_SAFE_INTEGER - 1 });
    expect(set.has(2 ** 52)).toBe(true);
    expect(set.nextOut(2 ** 41)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('does at its far end what it does at its near one', () => {
    const far = Number.MAX_SAFE_INTEGER - span + 1;
    const shifted = ({ first, last }: ChunkRange): ChunkRange => ({ first: first + far, last: last + far });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), range, (steps, probe) => {
        const near = new ChunkSet();
        const distant = new ChunkSet();
        for (const { add, range: changed } of steps) {
          if (add) near.add(changed);
          else near.remove(changed);
          if (add) distant.add(shifted(changed));
          else distant.remove(shifted(changed));
        }
        expect(distant.runs()).toEqual(near.runs().map(shifted));
        expect(distant.gaps(shifted(probe))).toEqual(near.gaps(probe).map(shifted));
        expect(distant.covers(shifted(probe))).toBe(near.covers(probe));
      }),
    );
  });

  it('torn to its bound, takes everything as one run, and gives it up again', () => {
    const set = new ChunkSet(1_000);
    const taken = Array.from({ length: 3_000 }, (_, at) => set.add({ first: at * 2 ** 30, last: at * 2 ** 30 }));
    expect(taken.filter(Boolean)).toHaveLength(1_000);
    expect(set.gaps({ first: 0, last: Number.MAX_SAFE_INTEGER })).toHaveLength(1_000);
    expect(set.add({ first: 0, last: Number.MAX_SAFE_INTEGER })).toBe(true);
    expect(set.runs()).toEqual([{ first: 0, last: Number.MAX_SAFE_INTEGER }]);
    set.remove({ first: 1, last: Number.MAX_SAFE_INTEGER });
    expect(set.runs()).toEqual([{ first: 0, last: 0 }]);
  });
});
