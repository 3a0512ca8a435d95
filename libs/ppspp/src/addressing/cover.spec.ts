import * as fc from 'fast-check';
import { coverOf, widestNodeAt } from './cover';
import { nodeOfRange } from './node';

const anyEnd = fc.oneof(fc.nat(300), fc.maxSafeNat());
const anyRange = fc
  .tuple(anyEnd, anyEnd)
  .map(([one, other]) => ({ first: Math.min(one, other), last: Math.max(one, other) }));

it('covers a range by nodes, each beginning where the last one ended', () => {
  fc.assert(
    fc.property(anyRange, (range) => {
      const cover = coverOf(range);
      expect(cover.length).toBeLessThanOrEqual(106);
      cover.forEach((node, at) => {
        expect(nodeOfRange(node)).toBeDefined();
        expect(node.first).toBe(at === 0 ? range.first : (cover[at - 1]?.last ?? 0) + 1);
      });
      expect(cover.at(-1)?.last).toBe(range.last);
    }),
  );
});

it('covers by as few nodes as can be: no two beside one another make one', () => {
  fc.assert(
    fc.property(anyRange, (range) => {
      const cover = coverOf(range);
      cover.slice(1).forEach(({ last }, at) => {
        expect(nodeOfRange({ first: cover[at]?.first ?? 0, last })).toBeUndefined();
      });
    }),
  );
});

it('finds the widest node about a chunk that lies within a run', () => {
  fc.assert(
    fc.property(anyRange, fc.double({ min: 0, max: 1, noNaN: true }), (run, share) => {
      const chunk = Math.min(run.last, run.first + Math.floor((run.last - run.first) * share));
      const node = widestNodeAt(chunk, run);
      expect(nodeOfRange(node)).toBeDefined();
      expect(node.first >= run.first && node.last <= run.last && node.first <= chunk && chunk <= node.last).toBe(true);
      const holder = coverOf(run).find(({ first, last }) => first <= chunk && chunk <= last);
      expect(node).toEqual(holder);
    }),
  );
});

it.each([
  [{ first: 0, last: 6 }, 2, { first: 0, last: 3 }],
  [{ first: 0, last: 6 }, 6, { first: 6, last: 6 }],
  [{ first: 1, last: 7 }, 3, { first: 2, last: 3 }],
  [{ first: 0, last: Number.MAX_SAFE_INTEGER }, 5, { first: 0, last: Number.MAX_SAFE_INTEGER }],
])('in %j chunk %i stands in %j', (run, chunk, node) => {
  expect(widestNodeAt(chunk, run)).toEqual(node);
});
