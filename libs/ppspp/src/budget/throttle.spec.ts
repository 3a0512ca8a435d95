import { limits, second } from '../limits';
import { LinkBudget, unlimitedRates } from './link-budget';
import { Throttle } from './throttle';
import { Toll } from './toll';

it('forgets a swarm that is closed while it waits for background that has no rate', () => {
  const budget = new LinkBudget();
  budget.limit({ ...unlimitedRates, total: 1_000_000, background: 0 }, 0);
  const throttle = new Throttle(budget);
  const resumed: string[] = [];
  const [closed, open] = ['closed', 'open'].map((name) => new Toll(() => void resumed.push(name)));
  if (closed === undefined || open === undefined) return;
  for (const toll of [closed, open]) throttle.defer({ toll, peer: 1, urgency: 'background' }, 0);
  expect(throttle.defers(closed)).toBe(true);
  throttle.forget(closed, second);
  expect(throttle.defers(closed)).toBe(false);
  budget.limit({ ...unlimitedRates, total: 1_000_000 }, second);
  throttle.resume(second + limits.budgetLook + limits.budgetTurn);
  expect(new Set(resumed)).toEqual(new Set(['open']));
  throttle.forget(open, 5 * second);
  expect(throttle.nextTimeout(5 * second)).toBeUndefined();
});
