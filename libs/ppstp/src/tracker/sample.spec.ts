import * as fc from 'fast-check';
import { sampleIndexes, shuffled } from './sample';
import { diceOf } from './tracker.testing';

describe('a sample', () => {
  it('has so many different indexes below the size, or all', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.nat({ max: 60 }), fc.nat(), (size, count, seed) => {
        const indexes = sampleIndexes(size, count, diceOf(seed));
        expect(indexes).toHaveLength(Math.min(size, count));
        expect(new Set(indexes).size).toBe(indexes.length);
        for (const index of indexes) expect(Number.isInteger(index) && index >= 0 && index < size).toBe(true);
      }),
    );
  });

  it.each([
    [10, 4],
    [100, 4],
  ])('of %i has each index as often as any other', (size, count) => {
    const dice = diceOf(7);
    const counts = Array<number>(size).fill(0);
    const rounds = 500 * size;
    for (let round = 0; round < rounds; round++)
      for (const index of sampleIndexes(size, count, dice)) counts[index] = (counts[index] ?? 0) + 1;
    const expected = (rounds * count) / size;
    for (const seen of counts) expect(Math.abs(seen - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('ends though the dice are stuck', () => {
    expect(sampleIndexes(100, 4, () => 0.5)).toEqual([50]);
  });
});

it('shuffles into any order alike', () => {
  const dice = diceOf(7);
  const orders = new Map<string, number>();
  for (let round = 0; round < 6_000; round++) {
    const order = shuffled(['a', 'b', 'c'], dice).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(6);
  for (const seen of orders.values()) expect(Math.abs(seen - 1_000)).toBeLessThan(190);
});
