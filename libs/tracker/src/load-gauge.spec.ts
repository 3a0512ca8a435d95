import { monitorEventLoopDelay } from 'node:perf_hooks';

import { limits } from './limits';
import { LoadGauge } from './load-gauge';

it('calls a process overloaded whose event loop is late in the mean, until it has settled', () => {
  const delay = { mean: 0, count: 0, reset: jest.fn(), enable: jest.fn(), disable: jest.fn() };
  const gauge = new LoadGauge(delay);
  const look = (lateMillis: number): boolean => {
    // Samples are taken each 50 ms.
    Object.assign(delay, { mean: (lateMillis + 50) * 1_000_000, count: 10 });
    return gauge.look();
  };
  expect(look(limits.lagMillisMax)).toBe(false);
  expect(look(limits.lagMillisMax + 1)).toBe(true);
  expect(look(limits.lagSettledMillis + 1)).toBe(true);
  expect(gauge.overloaded).toBe(true);
  expect(look(limits.lagSettledMillis)).toBe(false);
  expect(delay.reset).toHaveBeenCalledTimes(4);
});

it('measures a real event loop', async () => {
  const delay = monitorEventLoopDelay({ resolution: 50 });
  const gauge = new LoadGauge(delay);
  const sampled = async (): Promise<void> => {
    for (const before = delay.count; delay.count === before;) await new Promise((resolve) => setImmediate(resolve));
  };
  gauge.start();
  await sampled();
  const until = performance.now() + 4 * limits.lagMillisMax;
  while (performance.now() < until);
  await sampled();
  expect(gauge.look()).toBe(true);
  gauge.stop();
});
