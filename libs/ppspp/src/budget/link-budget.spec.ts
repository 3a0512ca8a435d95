import { limits, second } from '../limits';
import { LocalCells } from './cells';
import { budgetCells, LinkBudget } from './link-budget';

const none = Number.POSITIVE_INFINITY;
const chunk = 60_000;

describe('when a rate is raised', () => {
  const slow = 1_024;
  const fast = 10_000_000;

  it('nobody goes on waiting at the old one: not a peer', () => {
    const budget = new LinkBudget();
    const peers = [0, 7, limits.budgetPeers - 1];
    budget.limit({ total: none, background: none, peer: slow }, second);
    for (const peer of peers) budget.spendOf(peer, chunk, second);
    for (const peer of peers) expect(budget.creditOf(peer, 10 * second)).toBe(0);
    budget.limit({ total: none, background: none, peer: fast }, 2 * second);
    for (const peer of peers) expect(budget.creditOf(peer, 2.2 * second)).toBeGreaterThan(0);
  });

  it('nor an endpoint that others share it with, whoever raised it', () => {
    const cells = new LocalCells(budgetCells);
    const [keeper, one, other] = [new LinkBudget(cells), new LinkBudget(cells, 1), new LinkBudget(cells, 2)];
    const wait = (now: number): void => [one, other].forEach((budget) => budget.wait('demand', now));
    keeper.limit({ total: slow, background: none, peer: none }, second);
    wait(second);
    one.spend('demand', chunk, second);
    keeper.limit({ total: fast, background: none, peer: none }, 2 * second);
    wait(2.21 * second);
    expect(one.readyAt('demand', 1, 2.2 * second)).toBeLessThan(2.25 * second);
    expect(one.credit('demand', 2.25 * second)).toBeGreaterThan(0);
  });
});

it('lets no more through because its rate is changed again and again', () => {
  const budget = new LinkBudget();
  const rate = 10_000;
  let spent = 0;
  for (let tick = 0; tick < 1_000; tick++) {
    const now = second + (tick * second) / 10;
    budget.limit({ total: none, background: rate + (tick % 2), peer: none }, now);
    if (budget.credit('background', now) <= 0) continue;
    budget.spend('background', chunk, now);
    spent += chunk;
  }
  expect(spent).toBeLessThanOrEqual(100.2 * rate + 2 * chunk);
});
