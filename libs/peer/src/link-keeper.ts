import { machineMicros } from '@weir/datagram';
import { budgetCells, LinkBudget, LinkPacer, urgencies, type LinkPlan, type LinkUse } from '@weir/ppspp';
import type { CrewMetrics } from './datapath-metrics';
import { SharedCells } from './shared-cells';

/** How often the time of day is looked at, and what was asked for. */
const tickMillis = 1_000;

/** Keeps the budget that all datapath threads share as an operator planned it: by the machine's local time, on the control thread. */
export class LinkKeeper {
  private readonly cells = new SharedCells(budgetCells);
  private readonly budget = new LinkBudget(this.cells);
  private readonly pacer: LinkPacer;
  private readonly timer: NodeJS.Timeout;
  private told: LinkUse = this.budget.use;

  constructor(
    plan: LinkPlan,
    private readonly metrics: CrewMetrics,
  ) {
    this.pacer = new LinkPacer(plan, this.budget);
    this.tick();
    this.timer = setInterval(() => {
      this.tick();
    }, tickMillis);
    this.timer.unref();
  }

  /** What the threads draw on. */
  get memory(): SharedArrayBuffer {
    return this.cells.memory;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    this.pacer.tick(minuteOfDay(new Date()), machineMicros());
    const { use, rates } = this.budget;
    const { askedBytes, linkRate } = this.metrics;
    for (const urgency of urgencies) askedBytes.inc({ urgency }, use[urgency] - this.told[urgency]);
    this.told = use;
    linkRate.set({ bound: 'total' }, rates.total);
    linkRate.set({ bound: 'background' }, rates.background);
    linkRate.set({ bound: 'peer' }, rates.peer);
  }
}

/** Minutes since midnight by the clock on the wall: peaks follow people's day. */
export function minuteOfDay(time: Date): number {
  return time.getHours() * 60 + time.getMinutes();
}
