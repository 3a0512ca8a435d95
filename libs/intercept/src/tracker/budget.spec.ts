import { Budget } from './budget';
import { heldBytesMax, parsingMicrosPerSecond } from './limits';

describe('Budget', () => {
  it('gives memory up to its bound, over all', () => {
    const budget = new Budget(() => 0);
    expect(budget.hold(heldBytesMax - 1)).toBe(true);
    expect(budget.hold(1)).toBe(true);
    expect(budget.hold(1)).toBe(false);
    expect(budget.hold(-1)).toBe(true);
    expect(budget.heldBytes).toBe(heldBytesMax);
  });

  it('gives a part of each second for parsing, saves no more than that, and is in debt after what took longer', () => {
    let now = 1_000_000;
    const budget = new Budget(() => now);
    const take = (micros: number) => budget.spend(() => (now += micros));
    now += 10_000_000;
    expect(budget.hasTime()).toBe(true);
    expect(take(parsingMicrosPerSecond + 50_000)).toBe(now);
    expect(budget.hasTime()).toBe(true);
    take(parsingMicrosPerSecond);
    expect(budget.hasTime()).toBe(false);
    now += 500_000;
    expect(budget.hasTime()).toBe(false);
    now += 500_000;
    expect(budget.hasTime()).toBe(true);
  });
});
