import { Worker } from 'node:worker_threads';
import { LinkBudget, budgetCells } from '@weir/ppspp';
import { SharedCells } from './shared-cells';

it('keeps numbers where another view of the same memory finds them', () => {
  const one = new SharedCells(4);
  const other = new SharedCells(one.memory);
  one.write(2, 17.4);
  other.update(2, (value) => value + 3);
  expect([one.read(2), other.read(2), one.read(3)]).toEqual([20, 20, 0]);
});

/** What `update` does, as often as it can: a thread of its own. */
const adding = `
  const { workerData } = require('node:worker_threads');
  const values = new BigInt64Array(workerData);
  for (let times = 0; times < 100_000; times++) Atomics.add(values, 0, 1n);
`;

it('loses nothing that several threads add at once', async () => {
  const cells = new SharedCells(1);
  const worker = new Worker(adding, { eval: true, workerData: cells.memory });
  const state = { ended: false };
  const exit = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      state.ended = true;
      resolve();
    });
  });
  await new Promise((resolve) => worker.once('online', resolve));
  let added = 0;
  while (!state.ended && added < 200_000) {
    for (let times = 0; times < 1_000; times++) cells.update(0, (value) => value + 1);
    added += 1_000;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await exit;
  expect(cells.read(0)).toBe(100_000 + added);
});

it('carries a budget whose threads have clocks of their own', () => {
  const cells = new SharedCells(budgetCells);
  const one = new LinkBudget(cells, 0);
  const late = new LinkBudget(new SharedCells(cells.memory), 1, 5_000_000);
  one.limit({ total: 100_000, background: 100_000, peer: 100_000 }, 6_000_000);
  one.spend('demand', 50_000, 6_000_000);
  expect(late.rates.total).toBe(100_000);
  expect(late.credit('demand', 1_000_000)).toBe(0);
  expect(late.credit('demand', 1_500_000)).toBeGreaterThan(0);
  expect(one.readyAt('demand', 1_000, 6_000_000) - late.readyAt('demand', 1_000, 1_000_000)).toBe(5_000_000);
});
