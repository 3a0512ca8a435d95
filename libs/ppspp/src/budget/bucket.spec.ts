import * as fc from 'fast-check';
import { limits, second } from '../limits';
import { Bucket } from './bucket';
import { LocalCells } from './cells';

const rate = 100_000;
const burst = limits.budgetBurst;

function bucket(): Bucket {
  return new Bucket(new LocalCells(1), 0, burst);
}

it('lets through in any span of time what the rate brings, a burst, and the last of what was begun', () => {
  const attempts = fc.array(fc.tuple(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 1, max: 9_000 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(attempts, (tries) => {
      const tested = bucket();
      const spent: { at: number; bytes: number }[] = [];
      let now = 5 * second;
      for (const [pause, bytes] of tries) {
        now += pause;
        if (tested.credit({ rate }, now) <= 0) continue;
        tested.spend(bytes, { rate }, now);
        spent.push({ at: now, bytes });
      }
      for (const [from, { at: begin }] of spent.entries()) {
        let total = 0;
        for (const { at, bytes } of spent.slice(from)) {
          total += bytes;
          expect(total).toBeLessThanOrEqual(((at - begin + burst) * rate) / second + 9_000 + 1);
        }
      }
    }),
  );
});

it('has no more at once than a burst, however long nobody took anything', () => {
  const tested = bucket();
  expect(tested.credit({ rate }, 3_600 * second)).toBe((rate * burst) / second);
});

it('leaves a part to others', () => {
  const tested = bucket();
  const now = second;
  tested.spend((0.6 * rate * burst) / second, { rate }, now);
  expect(tested.credit({ rate, left: 0.5 }, now)).toBe(0);
  expect(tested.credit({ rate }, now)).toBeGreaterThan(0);
});

it('tells when it has so much', () => {
  const tested = bucket();
  const now = second;
  tested.spend(50_000, { rate }, now);
  const at = tested.readyAt(2_000, { rate });
  expect(tested.credit({ rate }, at)).toBeGreaterThanOrEqual(2_000);
  expect(tested.credit({ rate }, at - 1_000)).toBeLessThan(2_000);
});

it('never has anything at no rate, and everything without one', () => {
  const tested = bucket();
  expect(tested.credit({ rate: 0 }, second)).toBe(0);
  expect(tested.readyAt(1, { rate: 0 })).toBe(Number.POSITIVE_INFINITY);
  expect(tested.credit({ rate: Number.POSITIVE_INFINITY }, second)).toBe(Number.POSITIVE_INFINITY);
});

it('owes as many bytes as before when its rate changes', () => {
  const tested = bucket();
  const now = second;
  const debt = 30_000;
  tested.spend((rate * burst) / second + debt, { rate }, now);
  for (const [before, after] of [
    [rate, 10 * rate],
    [10 * rate, rate / 10],
  ] as const) {
    tested.adapt(before, after, now);
    expect(tested.readyAt(0, { rate: after }) - now).toBeCloseTo((debt * second) / after, -1);
  }
  tested.adapt(rate / 10, 0, now);
  expect(tested.readyAt(0, { rate }) - now).toBeLessThanOrEqual(1);
});
