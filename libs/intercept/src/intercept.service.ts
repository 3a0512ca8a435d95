import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { machineMicros } from '@weir/datagram';
import type { ReadinessRegistry } from '@weir/telemetry';
import type { Registry } from 'prom-client';
import type { Pulse } from './heart/heartbeat';
import { Interception, type InterceptCondition, type TrackerProxy } from './interception';
import { createInterceptMetrics } from './metrics';
import { speaksIpv6, thisMachine, type Machine } from './preflight/machine';
import { planRules, type InterceptOptions } from './rules/plan';
import { SwarmPopularity, type PopularSwarm } from './tracker/popularity';
import { InterceptMeter, type PassedEstimate, type Served } from './traffic/meter';

/** What the app gives the module. */
export interface InterceptSetup {
  readonly config: InterceptOptions;
  readonly pulse: Pulse;
  /** Calls whenever a datapath thread lost its flows by itself: it stalled, or it ended. */
  readonly onFlowsLost: (listener: () => void) => void;
  readonly served: () => Served;
  /** Makes what takes diverted connections to trackers, and tells which swarms subscribers ask them for. */
  readonly trackers: (asked: (swarmId: string) => void) => TrackerProxy;
  readonly registry: Registry;
  readonly readiness: Pick<ReadinessRegistry, 'declare'>;
  /** Default: the one that this process runs on. */
  readonly machine?: Machine;
}

/** As many as an operator reads. */
const popularShown = 10;

/** Injection token of the `InterceptSetup`. */
export const interceptSetup = Symbol('intercept setup');

/** What operators are shown. */
export interface InterceptStatus {
  readonly enabled: boolean;
  /** Seconds since the living epoch began; undefined while nothing is diverted. */
  readonly epochSeconds: number | undefined;
  readonly passed: PassedEstimate;
  /** The swarms that subscribers asked intercepted trackers for most. */
  readonly popular: readonly PopularSwarm[];
}

/** The appliance's interception, for as long as the application runs: it begins once all else is up, and ends first. */
@Injectable()
export class InterceptService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(InterceptService.name);
  private readonly meter: InterceptMeter;
  private readonly popularity = new SwarmPopularity();
  private readonly interception: Interception | undefined;

  constructor(@Inject(interceptSetup) private readonly setup: InterceptSetup) {
    const { config, pulse, served, registry, machine = thisMachine } = setup;
    this.meter = new InterceptMeter(createInterceptMetrics(registry));
    if (!config.intercept.enabled) return;
    this.declare({ ready: false, reason: 'interception has not begun', remedy: 'wait for it' });
    const changed = (condition: InterceptCondition): void => this.hear(condition);
    const plan = planRules(config, speaksIpv6());
    const asked = (swarmId: string): void => this.popularity.ask(swarmId, machineMicros());
    const trackers = plan.trackers.length > 0 ? setup.trackers(asked) : undefined;
    this.interception = new Interception({ plan, machine, pulse, meter: this.meter, served, trackers, changed });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { interception } = this;
    if (interception === undefined) return;
    this.setup.onFlowsLost(() => interception.flowsLost());
    await interception.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.interception?.stop().catch((error: unknown) => {
      this.logger.warn(`rules were left behind, and divert nothing: ${String(error)}; run weir intercept down`);
    });
  }

  get status(): InterceptStatus {
    const { epoch, begunAt } = this.interception?.state ?? { epoch: undefined, begunAt: 0 };
    return {
      enabled: this.interception !== undefined,
      epochSeconds: epoch === undefined ? undefined : Math.floor((machineMicros() - begunAt) / 1_000_000),
      passed: this.meter.estimate(this.setup.served()),
      popular: this.popularity.top(popularShown, machineMicros()),
    };
  }

  private hear(condition: InterceptCondition): void {
    this.declare(condition);
    if (condition.ready) this.logger.log(`new flows are diverted: epoch 0x${condition.epoch.toString(16)}`);
    else this.logger.warn(`nothing is diverted: ${condition.reason}; ${condition.remedy}`);
  }

  private declare(condition: InterceptCondition): void {
    const name = 'intercept';
    if (condition.ready) this.setup.readiness.declare({ name, ready: true });
    else this.setup.readiness.declare({ name, ...condition });
  }
}
