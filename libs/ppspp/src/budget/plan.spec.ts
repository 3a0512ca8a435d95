import { limits, second } from '../limits';
import { LinkBudget } from './link-budget';
import { bindsAtAll, LinkPacer, ratesAt, type LinkPlan } from './plan';

const none = Number.POSITIVE_INFINITY;
const plan: LinkPlan = {
  rates: { total: 1_000, background: 500, peer: none },
  windows: [
    { from: 22 * 60, to: 6 * 60, rates: { background: 900 } },
    { from: 18 * 60, to: 24 * 60, rates: { total: 800, background: 0 } },
  ],
};

it.each([
  ['17:59', 17 * 60 + 59, { total: 1_000, background: 500 }],
  ['18:00', 18 * 60, { total: 800, background: 0 }],
  ['22:00, the first of two windows', 22 * 60, { total: 1_000, background: 900 }],
  ['midnight', 0, { total: 1_000, background: 900 }],
  ['05:59', 5 * 60 + 59, { total: 1_000, background: 900 }],
  ['06:00', 6 * 60, { total: 1_000, background: 500 }],
])('knows the bounds at %s', (_, minute, rates) => {
  expect(ratesAt(plan, minute)).toEqual({ peer: none, ...rates });
});

it('tells whether it bounds anything', () => {
  const unlimited = { total: none, background: none, peer: none };
  expect(bindsAtAll({ rates: unlimited, windows: [] })).toBe(false);
  expect(bindsAtAll({ rates: unlimited, windows: [{ from: 0, to: 60, rates: { background: 0 } }] })).toBe(true);
  expect(bindsAtAll({ rates: { ...unlimited, background: 'auto' }, windows: [] })).toBe(true);
});

describe('background below the peak of demand', () => {
  const auto: LinkPlan = { rates: { total: none, background: 'auto', peer: none }, windows: [] };

  /** Lets demand take so much in each second; what background might have at the end of it. */
  function pass(paced: { budget: LinkBudget; pacer: LinkPacer; now: number }, rate: number, seconds: number): number {
    for (let passed = 0; passed < seconds; passed++) {
      paced.now += second;
      paced.budget.spend('demand', rate, paced.now);
      paced.pacer.tick(0, paced.now);
    }
    return paced.budget.rates.background;
  }

  function pacing() {
    const budget = new LinkBudget();
    return { budget, pacer: new LinkPacer(auto, budget), now: limits.peakSlot };
  }

  it('has nothing before anything is known', () => {
    expect(pass(pacing(), 1_000_000, 100)).toBe(0);
  });

  it('has what demand leaves below it', () => {
    const paced = pacing();
    pass(paced, 1_000_000, 650);
    // Demand is as high as ever.
    expect(pass(paced, 1_000_000, 60)).toBe(0);
    const spare = pass(paced, 200_000, 120);
    expect(spare).toBeGreaterThan(650_000);
    expect(spare).toBeLessThanOrEqual(800_000);
  });

  it('forgets a peak after a day', () => {
    const paced = pacing();
    pass(paced, 1_000_000, 650);
    expect(pass(paced, 0, 23 * 3_600)).toBeGreaterThan(800_000);
    expect(pass(paced, 0, 2 * 3_600)).toBe(0);
  });

  it('goes on from the peak before a restart, which is a day old in time', () => {
    const paced = pacing();
    pass(paced, 1_000_000, 650);
    const restarted = { budget: new LinkBudget(), pacer: undefined, now: paced.now + 600 * second };
    const resumed = { ...restarted, pacer: new LinkPacer(auto, restarted.budget) };
    resumed.pacer.resume(paced.pacer.spans, resumed.now);
    const spare = pass(resumed, 200_000, 60);
    expect(spare).toBeGreaterThan(650_000);
    expect(spare).toBeLessThanOrEqual(800_000);
    expect(pass(resumed, 0, 25 * 3_600)).toBe(0);
  });

  it('takes no span that it is told of for longer than it is', () => {
    const paced = pacing();
    pass(paced, 1_000_000, 650);
    const { spans } = paced.pacer;
    const last = spans.at(-1)?.number ?? 0;
    const ahead = spans.map(({ number, bytes }) => ({ number: number + 5, bytes }));
    const resumed = {
      budget: new LinkBudget(),
      pacer: new LinkPacer(auto, new LinkBudget()),
      now: last * limits.peakSlot,
    };
    resumed.pacer.resume(ahead, resumed.now);
    pass(resumed, 1_000_000, 200);
    expect(Math.max(...resumed.pacer.spans.map(({ bytes }) => bytes))).toBeLessThanOrEqual(300 * 1_000_000);
  });
});
