import fc from 'fast-check';
import { lagMax, lagSettled } from './limits';
import { LoadGauge } from './load-gauge';

function after(lateness: readonly number[]): LoadGauge {
  const gauge = new LoadGauge();
  for (const one of lateness) gauge.note(one);
  return gauge;
}

const often = (lateness: number) => Array.from({ length: 100 }, () => lateness);

describe('LoadGauge', () => {
  it('is overloaded when timers are late for long, not by one pause', () => {
    expect(after([500 * lagMax]).overloaded).toBe(false);
    expect(after([500 * lagMax, 500 * lagMax, 500 * lagMax]).overloaded).toBe(true);
    expect(after(often(lagMax * 1.1)).overloaded).toBe(true);
    expect(after(often(lagMax)).overloaded).toBe(false);
  });

  it('recovers only well below', () => {
    const overload = often(lagMax * 1.1);
    expect(after([...overload, ...often(lagSettled * 1.1)]).overloaded).toBe(true);
    expect(after([...overload, ...often(lagSettled * 0.9)]).overloaded).toBe(false);
  });

  it('tells each change once, and takes no timer for early', () => {
    const gauge = new LoadGauge();
    const news = [...often(lagMax * 2), ...often(-lagMax)].filter((lateness) => gauge.note(lateness));
    expect(news).toEqual([lagMax * 2, -lagMax]);
    expect(gauge.lag).toBeGreaterThanOrEqual(0);
  });

  it('changes only across both bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -lagMax, max: 10 * lagMax })), (steps) => {
        const gauge = new LoadGauge();
        for (const lateness of steps) {
          const before = gauge.overloaded;
          const isNews = gauge.note(lateness);
          expect(isNews).toBe(before !== gauge.overloaded);
          if (isNews) expect(gauge.overloaded ? gauge.lag > lagMax : gauge.lag <= lagSettled).toBe(true);
        }
      }),
    );
  });
});
