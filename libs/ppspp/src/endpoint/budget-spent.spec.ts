import { LinkBudget, unlimitedRates } from '../budget/link-budget';
import { limits } from '../limits';
import { published } from '../swarm/published.testing';
import { inside, Interceptor, outside, typesOf } from './interception.testing';

const content = published(70_000);
const other = published(3_000);
const all = { type: 'have', range: { first: 0, last: 68 } } as const;

/** An appliance that may fetch nothing any more, and a subscriber who waits for it. */
function starving() {
  const budget = new LinkBudget();
  const appliance = new Interceptor({ budget }).seed(other);
  budget.limit({ ...unlimitedRates, total: 0 }, appliance.now);
  appliance.serve(content.metadata, all);
  return appliance;
}

it('lets those who were intercepted go to their origins when the link has no room for what they need', () => {
  const appliance = starving();
  const sent = appliance.wait(limits.starvation / 2);
  expect(typesOf(sent.filter(({ from }) => from !== undefined))).not.toContain('handshake');
  const parting = appliance.wait(limits.starvation + limits.budgetLook).filter(({ from }) => from !== undefined);
  expect(parting.map(({ to, from }) => [to, from])).toEqual([[inside(1), outside(1)]]);
  expect(typesOf(parting)).toEqual(['handshake']);
});

it('passes those who would need more of it, and answers those who need nothing', () => {
  const appliance = starving();
  appliance.wait(limits.budgetStrain + limits.budgetLook);
  const third = published(5_000);
  appliance.intercept(third.metadata, inside(3), outside(3));
  expect(appliance.notOurs).toEqual(['budget-spent']);
  const answers = appliance.intercept(other.metadata, inside(2), outside(2));
  expect(answers.map(({ to }) => to)).toEqual([inside(2)]);
});
