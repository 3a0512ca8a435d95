import fc from 'fast-check';
import { createPolicy, policyNames } from '../create-policy';
import type { CachePolicy } from '../policy';
import { FrequencySketch } from './frequency-sketch';
import { nextUses, optimum } from './optimum';

const listener = { evicted: () => undefined, persist: () => undefined };

function hitsOf(policy: CachePolicy, objects: readonly number[]): number {
  let hits = 0;
  for (const object of objects) {
    if (policy.access(0, object, 0)) hits++;
    else policy.insert(0, object, 1);
  }
  return hits;
}

/** The most hits that any choice of what to keep can have, by trying them all. */
function bestHits(objects: readonly number[], capacity: number): number {
  const known = new Map<string, number>();
  const best = (from: number, held: readonly number[]): number => {
    const object = objects[from];
    if (object === undefined) return 0;
    const key = `${from}:${[...held].sort((one, other) => one - other).join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const without = held.includes(object) ? [held] : [held, ...takenIn(held, object, capacity)];
    const hits = (held.includes(object) ? 1 : 0) + Math.max(...without.map((next) => best(from + 1, next)));
    known.set(key, hits);
    return hits;
  };
  return best(0, []);
}

function takenIn(held: readonly number[], object: number, capacity: number): number[][] {
  if (held.length < capacity) return [[...held, object]];
  return held.map((gone) => [...held.filter((one) => one !== gone), object]);
}

function minHits(objects: readonly number[], capacity: number): number {
  const log = { objects: Uint32Array.from(objects), bytes: new Uint32Array(Math.max(...objects, 0) + 1).fill(1) };
  return optimum(log, nextUses(log), capacity).hits;
}

describe('the optimum', () => {
  it('is what trying everything finds, for objects of one size', () => {
    const objects = fc.array(fc.nat(5), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 3 }), (requests, capacity) => {
        expect(minHits(requests, capacity)).toBe(bestHits(requests, capacity));
      }),
    );
  });

  it('is not below any policy', () => {
    const objects = fc.array(fc.nat(60), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(
        objects,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(...policyNames),
        (requests, capacity, name) => {
          const options = { capacityBytes: capacity, memoryCapacityBytes: capacity / 4, seed: 3, listener };
          const policy = createPolicy(name, { ...options, swarmShareMax: 1 });
          expect(hitsOf(policy, requests)).toBeLessThanOrEqual(minHits(requests, capacity));
        },
      ),
    );
  });

  it('stays right when its heap is cleared of what has passed', () => {
    const requests = Array.from({ length: 20_000 }, (_, number) => number % 3);
    expect(minHits(requests, 3)).toBe(requests.length - 3);
    expect(minHits(requests, 2)).toBe(13_332);
  });
});

describe('lru', () => {
  it('evicts as a naive one does, of any sizes', () => {
    const requests = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 9 })), { maxLength: 400 });
    fc.assert(
      fc.property(requests, (all) => {
        const evicted: number[] = [];
        const policy = createPolicy('lru', {
          ...{ capacityBytes: 30, memoryCapacityBytes: 0, seed: 3 },
          listener: { evicted: (_, object) => evicted.push(object), persist: () => undefined },
        });
        const naive = new Map<number, number>();
        const left: number[] = [];
        for (const [object, bytes] of all) {
          const held = naive.get(object);
          expect(policy.access(0, object, 0)).toBe(held !== undefined);
          naive.delete(object);
          if (held === undefined) policy.insert(0, object, bytes);
          for (const [oldest, size] of naive) {
            if ([...naive.values()].reduce((sum, each) => sum + each, held ?? bytes) <= 30) break;
            naive.delete(oldest);
            left.push(oldest);
            expect(size).toBeGreaterThan(0);
          }
          naive.set(object, held ?? bytes);
        }
        expect(evicted).toEqual(left);
      }),
    );
  });
});

describe('lfu-da', () => {
  it('lets the least asked for leave, but forgets old fame', () => {
    const evicted: number[] = [];
    const policy = createPolicy('lfu-da', {
      ...{ capacityBytes: 3, memoryCapacityBytes: 0, seed: 3 },
      listener: { evicted: (_, object) => evicted.push(object), persist: () => undefined },
    });
    hitsOf(policy, [1, 1, 1, 2, 2, 3]);
    hitsOf(policy, [4, 5, 5]);
    expect(evicted).toEqual([3, 2]);
    hitsOf(policy, [6, 6, 6, 7, 7, 7, 8, 8, 8, 9]);
    expect(evicted).toContain(1);
  });
});

describe('the sketch', () => {
  it('counts up to 15, never too low before it halves', () => {
    const sketch = new FrequencySketch(1_000);
    for (let thing = 0; thing < 200; thing++) for (let time = 0; time <= thing % 20; time++) sketch.add(thing * 7919);
    for (let thing = 0; thing < 200; thing++) {
      expect(sketch.count(thing * 7919)).toBeGreaterThanOrEqual(Math.min(15, (thing % 20) + 1));
    }
  });

  it('forgets by halves', () => {
    const sketch = new FrequencySketch(8);
    for (let time = 0; time < 8; time++) sketch.add(42);
    for (let thing = 0; thing < 1_000; thing++) sketch.add(thing * 104_729);
    expect(sketch.count(42)).toBeLessThanOrEqual(15);
    const fresh = new FrequencySketch(1_000);
    for (let time = 0; time < 8; time++) fresh.add(42);
    const before = fresh.count(42);
    for (let thing = 100; thing < 12_000; thing++) fresh.add(Math.imul(thing, 0x9e3779b1) >>> 0);
    expect(before).toBe(8);
    expect(fresh.count(42)).toBeLessThan(20);
  });
});
