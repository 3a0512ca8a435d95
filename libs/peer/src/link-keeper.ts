import { join } from 'node:path';
import { machineMicros } from '@weir/datagram';
import {
  budgetCells,
  limits,
  LinkBudget,
  LinkPacer,
  type LinkPlan,
  type LinkRates,
  type LinkUse,
  type Micros,
  type PeakSpan,
  urgencies,
} from '@weir/ppspp';
import { NoteFile } from '@weir/store';
import type { CrewMetrics } from './datapath-metrics';
import { SharedCells } from './shared-cells';
import { withinMillis } from './within-millis';

/** How often the time of day is looked at, and what was asked for. */
const tickMillis = 1_000;

/** How long the end waits for the disk. */
const keepMillisMax = 2_000;

/** What the keeper stands on. */
export interface LinkKeeperParts {
  readonly plan: LinkPlan;
  readonly metrics: CrewMetrics;
  /** Where what was learned of demand is kept over a restart. */
  readonly directory: string;
}

/** Clocks: this machine's monotonic one, and the one on the wall, which goes on while the machine is down. */
export interface LinkClock {
  readonly machine: () => Micros;
  readonly wall: () => Date;
}

const clocks: LinkClock = { machine: machineMicros, wall: () => new Date() };

/** Keeps the budget that all datapath threads share as an operator planned it: by the machine's local time, on the control thread. */
export class LinkKeeper {
  private readonly cells = new SharedCells(budgetCells);
  private readonly budget = new LinkBudget(this.cells);
  private readonly pacer: LinkPacer;
  private readonly note: NoteFile;
  private timer: NodeJS.Timeout | undefined;
  private told: LinkUse = this.budget.use;
  private keptAt = Number.NaN;

  private constructor(
    private readonly parts: LinkKeeperParts,
    private readonly time: LinkClock,
  ) {
    this.pacer = new LinkPacer(parts.plan, this.budget);
    this.note = new NoteFile(join(parts.directory, 'demand.json'));
  }

  /** Goes on from what was learned before. */
  static async start(parts: LinkKeeperParts, time: LinkClock = clocks): Promise<LinkKeeper> {
    const keeper = new LinkKeeper(parts, time);
    keeper.begin(spansIn(await keeper.note.read()));
    return keeper;
  }

  /** What the threads draw on. */
  get memory(): SharedArrayBuffer {
    return this.cells.memory;
  }

  /** Bounds that hold now. */
  get rates(): LinkRates {
    return this.budget.rates;
  }

  /** What was learned is kept when it resolves, if the disk takes it in time. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.tick();
    await withinMillis(this.keep(), keepMillisMax);
  }

  private begin(spans: readonly PeakSpan[]): void {
    const shift = this.shift;
    const now = this.time.machine();
    this.pacer.resume(
      spans.map(({ number, bytes }) => ({ number: number - shift, bytes })),
      now,
    );
    this.keptAt = spanAt(now);
    this.tick();
    this.timer = setInterval(() => {
      this.tick();
    }, tickMillis);
    this.timer.unref();
  }

  private tick(): void {
    const now = this.time.machine();
    this.pacer.tick(minuteOfDay(this.time.wall()), now);
    const { use, rates } = this.budget;
    const { askedBytes, linkRate } = this.parts.metrics;
    for (const urgency of urgencies) askedBytes.inc({ urgency }, use[urgency] - this.told[urgency]);
    this.told = use;
    linkRate.set({ bound: 'total' }, rates.total);
    linkRate.set({ bound: 'background' }, rates.background);
    linkRate.set({ bound: 'peer' }, rates.peer);
    if (spanAt(now) !== this.keptAt) void this.keep();
  }

  /** By the clock on the wall, as spans are numbered on disk. */
  private keep(): Promise<void> {
    this.keptAt = spanAt(this.time.machine());
    const shift = this.shift;
    return this.note.write(this.pacer.spans.map(({ number, bytes }) => [number + shift, bytes]));
  }

  /** Spans by which the clock on the wall is ahead of the machine's. */
  private get shift(): number {
    return spanAt(this.time.wall().getTime() * 1_000) - spanAt(this.time.machine());
  }
}

/** Minutes since midnight by the clock on the wall: peaks follow people's day. */
export function minuteOfDay(time: Date): number {
  return time.getHours() * 60 + time.getMinutes();
}

function spanAt(now: Micros): number {
  return Math.floor(now / limits.peakSlot);
}

function spansIn(kept: unknown): PeakSpan[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(-limits.peakSlots).flatMap((span: unknown): PeakSpan[] => {
    const pair: readonly unknown[] = Array.isArray(span) ? span : [];
    const [number, bytes] = pair;
    return isCount(number) && isCount(bytes) ? [{ number, bytes }] : [];
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
