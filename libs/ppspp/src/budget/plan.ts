import type { Micros } from '../limits';
import type { LinkBudget, LinkRates } from './link-budget';
import { PeakMeter, type PeakSpan } from './peak';

const minutesPerDay = 1_440;

/** What may be fetched that nobody needs yet: bytes for each second, or as much as stays below the recent peak of demand. */
export type BackgroundRate = number | 'auto';

/** Bounds of the outside link. */
export interface PlannedRates extends Omit<LinkRates, 'background'> {
  readonly background: BackgroundRate;
}

/** Other bounds between two times of day. */
export interface LinkWindow {
  /** Minutes since midnight; from the later to the earlier it leads over midnight. */
  readonly from: number;
  readonly to: number;
  readonly rates: Partial<PlannedRates>;
}

/** What an operator plans for the outside link. */
export interface LinkPlan {
  readonly rates: PlannedRates;
  /** The first that a time lies in holds. */
  readonly windows: readonly LinkWindow[];
}

/** The bounds at a time of day. */
export function ratesAt({ rates, windows }: LinkPlan, minute: number): PlannedRates {
  const window = windows.find((one) => contains(one, minute % minutesPerDay));
  return { ...rates, ...window?.rates };
}

/** True if a plan bounds anything at any time. */
export function bindsAtAll({ rates, windows }: LinkPlan): boolean {
  const all = [rates, ...windows.map((window) => window.rates)];
  return all.some((some) => Object.values(some).some((rate) => rate !== Number.POSITIVE_INFINITY));
}

/** Keeps a budget as planned. */
export class LinkPacer {
  private readonly meter = new PeakMeter();

  constructor(
    private readonly plan: LinkPlan,
    private readonly budget: LinkBudget,
  ) {}

  /** What was learned of demand's peak: see `resume`. */
  get spans(): readonly PeakSpan[] {
    return this.meter.spans;
  }

  /** Goes on from what was learned of demand's peak before a restart, before the first `tick`. */
  resume(spans: readonly PeakSpan[], now: Micros): void {
    this.meter.resume(spans, now);
  }

  /** It is so late in the day. Called about once a second. */
  tick(minute: number, now: Micros): void {
    const { demand, ahead } = this.budget.use;
    this.meter.note(demand + ahead, now);
    const { background, ...rates } = ratesAt(this.plan, minute);
    this.budget.limit({ ...rates, background: background === 'auto' ? this.meter.spare : background }, now);
  }
}

function contains({ from, to }: LinkWindow, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
