import fc from 'fast-check';
import { RecentMinimum } from './recent-minimum';

it('is Infinity before the first value', () => {
  const minimum = new RecentMinimum(3);
  expect([minimum.value, minimum.previous]).toEqual([Infinity, Infinity]);
});

it('forgets a value after as many spans as it remembers', () => {
  const minimum = new RecentMinimum(3);
  minimum.add(1, 0, 10);
  minimum.add(5, 15, 10);
  minimum.add(6, 29, 10);
  expect([minimum.value, minimum.previous]).toEqual([1, 5]);
  minimum.add(7, 30, 10);
  expect([minimum.value, minimum.previous]).toEqual([5, 6]);
});

it('counts idle spans, and begins anew after as many as it remembers', () => {
  const minimum = new RecentMinimum(3);
  minimum.add(1, 0, 10);
  minimum.add(9, 29, 10);
  expect([minimum.value, minimum.previous]).toEqual([1, Infinity]);
  minimum.add(8, 1_000_000, 10);
  expect(minimum.value).toBe(8);
});

it('takes a span of no length for the shortest', () => {
  const minimum = new RecentMinimum(2);
  minimum.add(1, 0, 0);
  minimum.add(2, 5, 0);
  expect(minimum.value).toBe(2);
});

it('is the minimum of all values in the remembered spans', () => {
  const steps = fc.array(fc.record({ value: fc.integer(), pause: fc.nat(50) }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (additions, spans) => {
      const minimum = new RecentMinimum(spans);
      const added: { value: number; span: number }[] = [];
      let now = 0;
      for (const { value, pause } of additions) {
        now += added.length === 0 ? 0 : pause;
        minimum.add(value, now, 10);
        added.push({ value, span: Math.floor(now / 10) });
        const recent = added.filter(({ span }) => span > Math.floor(now / 10) - spans);
        expect(minimum.value).toBe(Math.min(...recent.map((addition) => addition.value)));
      }
    }),
  );
});
