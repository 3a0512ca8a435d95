import { restartSpan, restartsMax } from './limits';
import { RestartBudget } from './restart-budget';

describe('RestartBudget', () => {
  it('grants so many within a span, and more when the first is over', () => {
    const budget = new RestartBudget();
    const granted = Array.from({ length: restartsMax + 1 }, (_, at) => budget.take(at));
    expect(granted).toEqual([...Array.from({ length: restartsMax }, () => true), false]);
    expect(budget.take(restartSpan - 1)).toBe(false);
    expect(budget.take(restartSpan)).toBe(true);
    expect(budget.take(restartSpan)).toBe(false);
  });
});
