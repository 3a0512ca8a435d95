import { limits, type Micros } from '../limits';
import { Bucket } from './bucket';
import { LocalCells } from './cells';
import { type Urgency } from './link-budget';

/** What one swarm may do: bytes for each second. Left out, there is no bound. */
export interface SwarmLimits {
  /** All that is fetched for it. */
  readonly fetchRate?: number | undefined;
  /** Of that, what nobody needs yet. */
  readonly prefetchRate?: number | undefined;
  /** All that is served of it. */
  readonly serveRate?: number | undefined;
}

/** What fetching for one swarm is bounded by, beside what all swarms have in common. */
export class Toll {
  limits: SwarmLimits = {};
  private readonly cells = new LocalCells(2);
  private readonly all = new Bucket(this.cells, 0, limits.budgetBurst);
  private readonly ahead = new Bucket(this.cells, 1, limits.budgetBurst);

  /** `resume` asks sources again. */
  constructor(readonly resume: (now: Micros) => void) {}

  /** False for a swarm without bounds of its own. */
  get bounded(): boolean {
    return this.limits.fetchRate !== undefined || this.limits.prefetchRate !== undefined;
  }

  /** Other bounds hold from now on. */
  limit(given: SwarmLimits, now: Micros): void {
    const { fetchRate, prefetchRate } = this;
    this.limits = given;
    if (fetchRate !== this.fetchRate) this.all.adapt(fetchRate, this.fetchRate, now);
    if (prefetchRate !== this.prefetchRate) this.ahead.adapt(prefetchRate, this.prefetchRate, now);
  }

  credit(urgency: Urgency, now: Micros): number {
    const all = this.all.credit({ rate: this.fetchRate, left: urgency === 'background' ? backgroundLeft : 0 }, now);
    return urgency === 'background' ? Math.min(all, this.ahead.credit({ rate: this.prefetchRate }, now)) : all;
  }

  spend(urgency: Urgency, bytes: number, now: Micros): void {
    this.all.spend(bytes, { rate: this.fetchRate }, now);
    if (urgency === 'background') this.ahead.spend(bytes, { rate: this.prefetchRate }, now);
  }

  readyAt(urgency: Urgency, bytes: number): Micros {
    const all = this.all.readyAt(bytes, { rate: this.fetchRate, left: urgency === 'background' ? backgroundLeft : 0 });
    return urgency === 'background' ? Math.max(all, this.ahead.readyAt(bytes, { rate: this.prefetchRate })) : all;
  }

  private get fetchRate(): number {
    return this.limits.fetchRate ?? Number.POSITIVE_INFINITY;
  }

  private get prefetchRate(): number {
    return this.limits.prefetchRate ?? Number.POSITIVE_INFINITY;
  }
}

/** Of what one swarm may fetch, too, a part is left for what somebody waits for. */
const backgroundLeft = 0.5;
