import { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { WEIR_CONFIG, type WeirConfig } from '@weir/config';
import type { Address, Candidate, Notice, SwarmId, SwarmMetadata } from '@weir/ppspp';
import type { StoreUsage, SwarmSummary } from '@weir/store';
import { ReadinessRegistry, ThreadMetrics } from '@weir/telemetry';
import { Registry } from 'prom-client';
import { AppliancePeer, type PeerTotals } from './appliance-peer';
import type { LiveSwarm } from './datapath-messages';

/** The appliance's peer for as long as the application runs. */
@Injectable()
export class PeerService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PeerService.name);
  private readonly events = new EventEmitter<{ notice: [Notice] }>();
  private running: AppliancePeer | undefined;

  constructor(
    @Inject(WEIR_CONFIG) private readonly config: WeirConfig,
    private readonly registry: Registry,
    private readonly threads: ThreadMetrics,
    private readonly readiness: ReadinessRegistry,
  ) {
    this.readiness.declare({ name: 'peer', ready: false, reason: 'the data path is not up yet', remedy: 'wait' });
    this.declareSubscribers();
  }

  async onModuleInit(): Promise<void> {
    const { ppspp, subscribers, store } = this.config;
    const listen = ppspp.listen.map(({ host, port }) => ({ ip: host, port }));
    const settings = { listen, subscribers, storeDirectory: store.path, storeCapacityBytes: store.capacity };
    this.running = await AppliancePeer.start(
      settings,
      {
        onNotice: (notice) => this.events.emit('notice', notice),
        onReport: (thread, { metrics }) => {
          this.threads.report(thread, metrics);
        },
        onTrouble: (message) => {
          this.logger.warn(message);
        },
        onFailure: (failure) => {
          this.fail(failure);
        },
      },
      this.registry,
    );
    this.readiness.declare({ name: 'peer', ready: true });
    this.logger.log(`PPSPP on ${this.addresses.map(({ ip, port }) => `${ip} port ${String(port)}`).join(', ')}`);
  }

  async onModuleDestroy(): Promise<void> {
    await this.running?.stop();
  }

  /** Where peers reach us. */
  get addresses(): readonly Address[] {
    return this.running?.addresses ?? [];
  }

  /** Undefined until the first report. */
  get totals(): PeerTotals | undefined {
    return this.running?.totals;
  }

  get usage(): StoreUsage | undefined {
    return this.running?.usage;
  }

  /** Hears of every notice from now on. */
  onNotice(listener: (notice: Notice) => void): void {
    this.events.on('notice', listener);
  }

  /** See `AppliancePeer.live`. */
  live(): readonly LiveSwarm[] {
    return this.running?.live() ?? [];
  }

  /** See `AppliancePeer.stored`. */
  stored(): readonly SwarmSummary[] {
    return this.running?.stored() ?? [];
  }

  addPeers(swarmId: SwarmId, peers: readonly Candidate[]): void {
    this.running?.addPeers(swarmId, peers);
  }

  /** See `AppliancePeer.fetch`. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): void {
    this.running?.fetch(metadata, peers);
  }

  /** See `AppliancePeer.purge`. */
  async purge(swarmId: SwarmId): Promise<boolean> {
    return (await this.running?.purge(swarmId)) ?? false;
  }

  private declareSubscribers(): void {
    const ready = this.config.subscribers.length > 0;
    if (ready) this.readiness.declare({ name: 'subscribers', ready });
    else {
      const remedy = 'set the key subscribers (or WEIR_SUBSCRIBERS) to the prefixes of your subscribers, as 198.51.100.0/24';
      this.readiness.declare({ name: 'subscribers', ready, reason: 'no subscriber prefix is configured: nobody is served', remedy });
      this.logger.warn(remedy);
    }
  }

  /** Without its store or its data path the appliance is of no use: the service manager starts it anew. */
  private fail(failure: unknown): void {
    const message = failure instanceof Error ? failure.message : String(failure);
    this.readiness.declare({ name: 'peer', ready: false, reason: message, remedy: 'restart the appliance' });
    this.logger.fatal(message);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }
}
