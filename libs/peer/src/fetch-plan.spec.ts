import { fetchPlanOf, type FetchSettings } from './fetch-plan';

const unlimited: FetchSettings = {
  rate: 'unlimited',
  backgroundRate: 'unlimited',
  peerRate: 'unlimited',
  schedule: [],
};

it('plans nothing where nothing is bounded', () => {
  expect(fetchPlanOf(unlimited)).toBeUndefined();
});

it('plans in bytes', () => {
  const schedule = [{ from: 60, to: 120, backgroundRate: 'off' as const }];
  expect(fetchPlanOf({ ...unlimited, rate: 8_000, backgroundRate: 'auto', schedule })).toEqual({
    rates: { total: 1_000, background: 'auto', peer: Number.POSITIVE_INFINITY },
    windows: [{ from: 60, to: 120, rates: { background: 0 } }],
  });
});
