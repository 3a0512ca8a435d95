import { randomInt } from 'node:crypto';
import { campaign, type Death } from './campaign';

const seed = Number(process.env['WEIR_CRASH_SEED'] ?? randomInt(2 ** 31));

/** `npm run test:kill` does the same some hundred times. */
const kills = 30;

jest.setTimeout(180_000);

it(`a store whose process is killed at any moment has all that was acknowledged, and nothing else (WEIR_CRASH_SEED=${seed})`, async () => {
  const deaths: Death[] = [];
  await campaign(kills, seed, (death) => deaths.push(death));
  expect(deaths.filter(({ faults }) => faults.length > 0)).toEqual([]);
  // They were killed at work, not before it.
  const sum = (of: (death: Death) => number): number => deaths.reduce((total, death) => total + of(death), 0);
  const work = [sum(({ transactions }) => transactions), sum(({ extents }) => extents), sum(({ removed }) => removed)];
  expect(Math.min(...work)).toBeGreaterThan(3 * kills);
  expect(sum(({ held }) => held)).toBeGreaterThan(kills);
  expect(sum(({ scrubbedBytes }) => scrubbedBytes)).toBeGreaterThan(0);
  expect(sum(({ givenBytes }) => givenBytes)).toBeGreaterThan(0);
});
