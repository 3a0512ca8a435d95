import fc from 'fast-check';
import { ExtentSet } from './extent-set';

const anyIndex = fc.oneof(
  fc.nat(100),
  fc.nat(40).map((near) => 2 ** 47 + near),
);

describe('a set of extents', () => {
  it('is a set, whatever is added and deleted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), anyIndex), { maxLength: 200 }),
        fc.constantFrom(1, 2, 4, 8, 16, 32),
        (steps, length) => {
          const set = new ExtentSet();
          const model = new Set<number>();
          for (const [isAdded, index] of steps) {
            if (isAdded) set.add(index);
            else set.delete(index);
            if (isAdded) model.add(index);
            else model.delete(index);
            expect(set.has(index)).toBe(isAdded);
          }
          const runs = [...set.runs(length)];
          expect(set.size).toBe(model.size);
          expect(ascending(runs.flatMap((run) => set.of(run * length, length)))).toEqual(ascending(model));
          expect(ascending(runs)).toEqual(ascending(new Set([...model].map((index) => Math.floor(index / length)))));
          for (const run of runs) expect(set.countOf(run * length, length)).toBe(set.of(run * length, length).length);
        },
      ),
    );
  });
});

function ascending(numbers: Iterable<number>): number[] {
  return [...numbers].sort((one, other) => one - other);
}
