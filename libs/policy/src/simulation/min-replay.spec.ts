import * as fc from 'fast-check';
import { nextUses, optimum as ofLog } from '../rivals';
import { Farthest } from './farthest';
import { optimum } from './simulation.testing';

/** The most hits that any sequence of decisions has: all of them are tried. */
function bestHits(requests: readonly number[], capacity: number): number {
  const known = new Map<string, number>();
  const best = (at: number, kept: readonly number[]): number => {
    const object = requests[at];
    if (object === undefined) return 0;
    const key = `${at}:${[...kept].sort().join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    let hits = best(at + 1, kept);
    if (kept.includes(object)) hits++;
    else {
      const choices =
        kept.length < capacity
          ? [[...kept, object]]
          : kept.map((out) => [...kept.filter((one) => one !== out), object]);
      hits = Math.max(hits, ...choices.map((choice) => best(at + 1, choice)));
    }
    known.set(key, hits);
    return hits;
  };
  return best(0, []);
}

const requests = fc.array(fc.nat(4), { minLength: 1, maxLength: 14 });

it('has as many hits as there can be, where objects are of one size', () => {
  const equal = new Uint32Array(5).fill(10);
  fc.assert(
    fc.property(requests, requests, fc.integer({ min: 1, max: 4 }), (first, second, capacity) => {
      const { hits, hitBytes } = optimum([first, second], equal, capacity * 10 + 9);
      expect({ hits, hitBytes }).toEqual({ hits: bestHits([...first, ...second], capacity), hitBytes: hits * 10 });
    }),
    { numRuns: 200 },
  );
});

it('is what the whole trace in memory gives', () => {
  const log = fc.array(fc.nat(40), { minLength: 1, maxLength: 300 });
  const sizes = new Uint32Array(41).fill(7);
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 30 }), (list, units) => {
      const whole = { objects: Uint32Array.from(list), bytes: sizes };
      const { hits, hitBytes } = ofLog(whole, nextUses(whole), units * 7);
      expect(optimum([list], sizes, units * 7)).toMatchObject({ hits, hitBytes });
    }),
  );
});

it('never holds more than the capacity, and writes what it lets in', () => {
  const sizes = Uint32Array.of(3, 50, 7, 20, 1);
  fc.assert(
    fc.property(requests, fc.nat(60), (list, capacity) => {
      const tally = optimum([list], sizes, capacity);
      expect(tally.requests).toBe(list.length);
      expect(tally.hitBytes + tally.writtenBytes).toBeLessThanOrEqual(tally.requestedBytes);
      if (capacity === 0) expect(tally.hits).toBe(0);
    }),
  );
});

it('lets in nothing that is never asked for again, and nothing larger than all of it', () => {
  expect(optimum([[0, 1, 2, 3]], new Uint32Array(4).fill(1), 100)).toMatchObject({ hits: 0, writtenBytes: 0 });
  expect(optimum([[0, 1, 0, 1]], Uint32Array.of(101, 100), 100)).toMatchObject({ hits: 1, writtenBytes: 100 });
});

it('keeps the object that is asked for last at hand', () => {
  const steps = fc.array(fc.tuple(fc.nat(2_000), fc.nat(1_000), fc.boolean()), { maxLength: 3_000 });
  fc.assert(
    fc.property(steps, (list) => {
      const heap = new Farthest(2_001);
      const plain = new Map<number, number>();
      for (const [object, use, isPut] of list) {
        if (isPut) {
          const later = Math.max(use, plain.get(object) ?? 0);
          heap.put(object, later);
          plain.set(object, later);
        } else {
          heap.remove(object);
          plain.delete(object);
        }
        expect(heap.size).toBe(plain.size);
        if (plain.size > 0) expect(plain.get(heap.last)).toBe(Math.max(...plain.values()));
      }
    }),
    { numRuns: 30 },
  );
});
