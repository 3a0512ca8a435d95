import { backOff, operatorMillis } from './back-off';

/** Longest pause until a swarm that a tracker refuses is tried there again: a grant may come at any time. */
const refusedMillisMax = 3_600_000;

/** A swarm that a tracker does not have us in. */
export interface RefusedSwarm {
  readonly swarmId: string;
  readonly reason: string;
  /** Unix milliseconds of the next try. */
  readonly retryAt: number;
}

/** The swarms that a tracker refuses us, and when each is tried again. As many as are wanted at most. */
export class Refusals {
  private readonly refused = new Map<string, RefusedSwarm & { readonly times: number }>();

  constructor(private readonly random: () => number) {}

  get size(): number {
    return this.refused.size;
  }

  /** Some of them, those that are refused longest first. */
  list(max: number): readonly RefusedSwarm[] {
    const some: RefusedSwarm[] = [];
    for (const { swarmId, reason, retryAt } of this.refused.values()) {
      if (some.length >= max) break;
      some.push({ swarmId, reason, retryAt });
    }
    return some;
  }

  refuse(swarmId: string, reason: string, slow: boolean, now: number): void {
    const times = (this.refused.get(swarmId)?.times ?? 0) + 1;
    const pause = backOff(times, refusedMillisMax, this.random);
    const retryAt = now + (slow ? Math.max(pause, operatorMillis) : pause);
    this.refused.set(swarmId, { swarmId, reason, retryAt, times });
  }

  accept(swarmId: string): void {
    this.refused.delete(swarmId);
  }

  waits(swarmId: string, now: number): boolean {
    const refusal = this.refused.get(swarmId);
    return refusal !== undefined && refusal.retryAt > now;
  }

  /** When the next is to be tried. */
  get due(): number {
    let due = Infinity;
    for (const { retryAt } of this.refused.values()) due = Math.min(due, retryAt);
    return due;
  }

  /** Forgets those that nobody wants any more. */
  prune(wanted: ReadonlyMap<string, unknown>): void {
    for (const swarmId of this.refused.keys()) if (!wanted.has(swarmId)) this.refused.delete(swarmId);
  }
}
