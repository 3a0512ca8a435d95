import { machineMicros } from '@weir/datagram';
import { CacheError } from '@weir/ppspp';
import { Heartbeat, type Pulse } from './heart/heartbeat';
import type { HeartState } from './heart/heart';
import { applyRules, removeRules } from './kernel/apply';
import { readCounters } from './kernel/inspect';
import { countersMillis, retryMillisMax } from './limits';
import type { Machine } from './preflight/machine';
import { preflight } from './preflight/preflight';
import { describeProblem } from './preflight/problem';
import type { RulePlan } from './rules/plan';
import type { InterceptMeter, Served } from './traffic/meter';

/** Whether new flows are diverted; if not, why, and what to do. */
export type InterceptCondition =
  | { readonly ready: true; readonly epoch: number }
  | { readonly ready: false; readonly reason: string; readonly remedy: string };

/** Takes the connections to trackers that are diverted. */
export interface TrackerProxy {
  /** Rejects with a `CacheError`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What an interception stands on. */
export interface InterceptionParts {
  readonly plan: RulePlan;
  readonly machine: Machine;
  readonly pulse: Pulse;
  readonly meter: InterceptMeter;
  /** What was served so far. */
  readonly served: () => Served;
  /** Where trackers are configured. */
  readonly trackers?: TrackerProxy | undefined;
  /** Hears of the condition whenever it changes. */
  readonly changed: (condition: InterceptCondition) => void;
}

const nothing: HeartState = {
  epoch: undefined,
  begunAt: 0,
  beatsFailed: 0,
  lapses: { stalled: 0, late: 0, 'flows-lost': 0, failed: 0 },
};

/**
 * The interception of one appliance, from its start to its end. What stands in its way is told and looked at again every few
 * seconds, so that whoever mends it need not restart anything; and rules that somebody removed while it runs stay removed.
 */
export class Interception {
  private heartbeat: Heartbeat | undefined;
  private timers: NodeJS.Timeout[] = [];
  private stopping = false;
  private applied = false;
  private proxies = false;
  private starting: Promise<void> | undefined;
  private told = '';

  constructor(private readonly parts: InterceptionParts) {}

  get state(): HeartState {
    return this.heartbeat?.state ?? nothing;
  }

  /** Tries at once; resolves with the first attempt, whatever comes of it. */
  start(): Promise<void> {
    this.starting = this.attempt();
    return this.starting;
  }

  /** See `Heartbeat.flowsLost`. */
  flowsLost(): void {
    this.heartbeat?.flowsLost();
  }

  /** Ends the epoch, then removes the rules. Rejects with `INTERCEPT_RULES_FAILED` if they stay: they divert nothing then. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.starting;
    for (const timer of this.timers) clearInterval(timer);
    await this.heartbeat?.stop();
    try {
      if (!this.applied) return;
      await this.readCounters();
      await removeRules(this.parts.plan.ipv6, this.parts.machine.run);
    } finally {
      if (this.proxies) await this.parts.trackers?.stop();
    }
  }

  private async attempt(): Promise<void> {
    const problem = await this.obstacle();
    if (this.stopping) return;
    if (problem === undefined) {
      this.run();
      return;
    }
    this.tell({ ready: false, ...problem });
    this.timers = [setTimeout(() => void this.start(), retryMillisMax)];
  }

  /** Puts the rules in place, or tells why it cannot be. */
  private async obstacle(): Promise<{ readonly reason: string; readonly remedy: string } | undefined> {
    const { plan, machine } = this.parts;
    const problems = await preflight(plan, machine);
    if (problems.length > 0) return { reason: problems.map(describeProblem).join('; '), remedy: 'mend each of these' };
    try {
      if (this.stopping || this.applied) return undefined;
      if (!this.proxies) await this.parts.trackers?.start();
      this.proxies = true;
      await applyRules(plan, machine.run);
      this.applied = true;
      return undefined;
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      return { reason: error.message, remedy: 'see weir intercept status' };
    }
  }

  private run(): void {
    const { plan, machine, pulse } = this.parts;
    this.heartbeat = new Heartbeat({
      interfaces: plan.inside,
      pulse,
      run: machine.run,
      now: machineMicros,
      changed: (state, complaint) => this.hear(state, complaint),
    });
    this.heartbeat.start();
    this.timers = [setInterval(() => void this.readCounters(), countersMillis)];
  }

  private hear(state: HeartState, complaint: string): void {
    this.parts.meter.readHeart(state, machineMicros());
    if (state.epoch !== undefined) {
      this.tell({ ready: true, epoch: state.epoch });
      return;
    }
    if (this.stopping) return;
    const reason = `no epoch lives: ${reasonOf(complaint)}`;
    const remedy = 'see weir intercept status; weir intercept up puts rules back that somebody removed';
    this.tell({ ready: false, reason, remedy });
  }

  private async readCounters(): Promise<void> {
    const { meter, served, machine } = this.parts;
    const counters = await readCounters(machine.run);
    if (counters !== undefined) meter.readCounters(counters, served());
    meter.readTracking(machine.read);
    meter.readHeart(this.state, machineMicros());
  }

  private tell(condition: InterceptCondition): void {
    const text = JSON.stringify(condition);
    if (text === this.told) return;
    this.told = text;
    this.parts.changed(condition);
  }
}

function reasonOf(complaint: string): string {
  if (complaint.includes('No such file')) return 'a beat was late, or somebody removed the epoch or the rules';
  return complaint.split('\n').find((line) => line.trim() !== '') ?? 'a datapath thread stalls, or this one did';
}
