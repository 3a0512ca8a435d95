import { Budget } from './budget';
import { heldBytesMax, parsedBytesPerSecond } from './limits';

describe('Budget', () => {
  it('gives memory up to its bound, over all', () => {
    const budget = new Budget(() => 0);
    expect(budget.hold(heldBytesMax - 1)).toBe(true);
    expect(budget.hold(1)).toBe(true);
    expect(budget.hold(1)).toBe(false);
    expect(budget.hold(-1)).toBe(true);
    expect(budget.heldBytes).toBe(heldBytesMax);
  });

  it('gives time for so many bytes a second, and saves no more than that', () => {
    let now = 1_000_000;
    const budget = new Budget(() => now);
    expect(budget.parse(parsedBytesPerSecond)).toBe(true);
    expect(budget.parse(1)).toBe(false);
    now += 500_000;
    expect(budget.parse(parsedBytesPerSecond / 2)).toBe(true);
    expect(budget.parse(1)).toBe(false);
    now += 10_000_000;
    expect(budget.parse(parsedBytesPerSecond + 1)).toBe(false);
    expect(budget.parse(parsedBytesPerSecond)).toBe(true);
  });
});
