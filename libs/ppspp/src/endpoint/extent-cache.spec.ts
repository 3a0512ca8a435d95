import * as fc from 'fast-check';
import type { Extent } from '../swarm/content';
import { ExtentCache } from './extent-cache';

function extent(index: number, bytes = 90): Extent {
  return { index, bytes: new Uint8Array(bytes), hashes: new Uint8Array(10) };
}

describe('ExtentCache', () => {
  it('finds what was added, by swarm and index', () => {
    const cache = new ExtentCache(1_000);
    const [one, other] = [extent(1), extent(1)];
    cache.add('aa', one);
    cache.add('bb', other);
    expect(cache.find('aa', 1)).toBe(one);
    expect(cache.find('bb', 1)).toBe(other);
    expect(cache.find('aa', 2)).toBeUndefined();
    cache.remove('aa', 1);
    expect(cache.find('aa', 1)).toBeUndefined();
  });

  it('gives up first what was not found lately', () => {
    const cache = new ExtentCache(300);
    for (const index of [0, 1, 2]) cache.add('aa', extent(index));
    cache.find('aa', 0);
    cache.add('aa', extent(3));
    expect([0, 1, 2, 3].map((index) => cache.find('aa', index)?.index)).toEqual([0, undefined, 2, 3]);
  });

  it('keeps the one added last even if there is no room for it', () => {
    const cache = new ExtentCache(0);
    cache.add('aa', extent(0));
    cache.add('aa', extent(1));
    expect(cache.find('aa', 0)).toBeUndefined();
    expect(cache.find('aa', 1)?.index).toBe(1);
  });

  it('holds no more than its bytes, but for one extent, whatever is done', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'find', 'remove'), index: fc.nat(30), size: fc.nat(200) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new ExtentCache(1_000);
        const model = new Map<number, Extent>();
        for (const { kind, index, size } of steps) {
          if (kind === 'find') expect([undefined, model.get(index)]).toContain(cache.find('aa', index));
          if (kind === 'remove') cache.remove('aa', index);
          if (kind !== 'add') continue;
          const added = extent(index, size);
          model.set(index, added);
          cache.add('aa', added);
          expect(cache.find('aa', index)).toBe(added);
          const held = [...model.values()].filter((one) => cache.find('aa', one.index) === one);
          const bytes = held.reduce((total, one) => total + one.bytes.length + 10, 0);
          expect(bytes <= 1_000 || held.length === 1).toBe(true);
        }
      }),
    );
  });
});
