import * as fc from 'fast-check';
import { Deadlines } from './deadlines';

const change = fc.record({ key: fc.nat(20), at: fc.option(fc.nat(100), { nil: undefined }) });

it('does what a plain map of deadlines does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.option(fc.nat(100), { nil: undefined })), { maxLength: 200 }), (steps) => {
      const deadlines = new Deadlines<number>();
      const model = new Map<number, number>();
      for (const [{ key, at }, now] of steps) {
        deadlines.set(key, at);
        if (at === undefined) model.delete(key);
        else model.set(key, at);
        if (now !== undefined) {
          const due = [...model].filter(([, when]) => when <= now);
          for (const [gone] of due) model.delete(gone);
          const taken = deadlines.due(now);
          expect([...taken].sort()).toEqual(due.map(([gone]) => gone).sort());
        }
        expect(deadlines.next()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
    }),
  );
});

it('takes what is due in the order of time', () => {
  const deadlines = new Deadlines<string>();
  deadlines.set('late', 30);
  deadlines.set('early', 10);
  deadlines.set('middle', 20);
  expect(deadlines.due(25)).toEqual(['early', 'middle']);
  expect(deadlines.due(25)).toEqual([]);
});

it('does not hoard what was moved', () => {
  const deadlines = new Deadlines<number>();
  for (let at = 0; at < 100_000; at++) deadlines.set(at % 3, at);
  expect(Object.values(deadlines).map((kept) => (Array.isArray(kept) ? kept.length : 0))[0]).toBeLessThan(100);
});
