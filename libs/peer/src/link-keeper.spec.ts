import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinkBudget, second, type LinkPlan } from '@weir/ppspp';
import { Registry } from 'prom-client';
import { createCrewMetrics } from './datapath-metrics';
import { type LinkClock, LinkKeeper } from './link-keeper';
import { SharedCells } from './shared-cells';

const none = Number.POSITIVE_INFINITY;
const plan: LinkPlan = { rates: { total: none, background: 'auto', peer: none }, windows: [] };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-link-'));
  jest.useFakeTimers({
    doNotFake: [
      'setTimeout',
      'clearTimeout',
      'nextTick',
      'setImmediate',
      'queueMicrotask',
      'performance',
      'hrtime',
      'Date',
    ],
  });
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

/** A machine that was started some time ago: its monotonic clock begins anew with it. */
class Machine implements LinkClock {
  constructor(
    private wallMillis: number,
    private micros: number,
  ) {}

  readonly machine = () => this.micros;
  readonly wall = () => new Date(this.wallMillis);

  pass(): void {
    this.wallMillis += 1_000;
    this.micros += second;
  }
}

async function running(machine: Machine, given = plan) {
  const keeper = await LinkKeeper.start(
    { plan: given, metrics: createCrewMetrics(new Registry()), directory },
    machine,
  );
  const budget = new LinkBudget(new SharedCells(keeper.memory));
  /** Demand is so high for some seconds; what background may have at their end. */
  const pass = (rate: number, seconds: number): number => {
    for (let passed = 0; passed < seconds; passed++) {
      machine.pass();
      budget.spend('demand', rate, machine.machine());
      jest.advanceTimersByTime(1_000);
    }
    return budget.rates.background;
  };
  return { keeper, pass };
}

it('knows the peak of demand that it saw before a restart, of the machine too, for a day', async () => {
  const first = await running(new Machine(1_700_000_000_000, 50_000 * second));
  expect(first.pass(1_000_000, 700)).toBe(0);
  await first.keeper.stop();
  const rebooted = await running(new Machine(1_700_000_000_000 + 3_600_000, 20 * second));
  expect(rebooted.pass(100_000, 60)).toBeGreaterThan(700_000);
  await rebooted.keeper.stop();
  const later = await running(new Machine(1_700_000_000_000 + 26 * 3_600_000, 20 * second));
  expect(later.pass(0, 1)).toBe(0);
  await later.keeper.stop();
});

it.each(['', 'crc32 0\n[[1,2]]\n', '[["a",1]]'])('begins anew where what it kept is not whole (%#)', async (text) => {
  writeFileSync(join(directory, 'demand.json'), text);
  const { keeper, pass } = await running(new Machine(1_700_000_000_000, 50_000 * second));
  expect(pass(1_000, 1)).toBe(0);
  await keeper.stop();
});

it('changes the rates when the clock on the wall comes to a window', async () => {
  const noon = new Date(2026, 0, 2, 12, 59, 58).getTime();
  const rates = { total: 1_000, background: 1_000, peer: none };
  const windows = [{ from: 13 * 60, to: 14 * 60, rates: { total: 5_000 } }];
  const machine = new Machine(noon, 50_000 * second);
  const { keeper } = await running(machine, { rates, windows });
  const budget = new LinkBudget(new SharedCells(keeper.memory));
  expect(budget.rates.total).toBe(1_000);
  for (let passed = 0; passed < 2; passed++) {
    machine.pass();
    jest.advanceTimersByTime(1_000);
  }
  expect(budget.rates.total).toBe(5_000);
  await keeper.stop();
});
