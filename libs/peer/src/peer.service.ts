import { EventEmitter } from 'node:events';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { placesOf, type WeirConfig } from '@weir/config';
import { isLoopback, nativeDatagrams } from '@weir/datagram';
import { readAuthorityCertificate } from '@weir/membership';
import {
  endpointDefaults,
  second,
  type Address,
  type Candidate,
  type Notice,
  type SwarmId,
  type SwarmMetadata,
} from '@weir/ppspp';
import type { StreamStats } from '@weir/ppstp';
import type { StoreUsage, SwarmSummary } from '@weir/store';
import type { ReadinessRegistry, ThreadMetrics } from '@weir/telemetry';
import type { Registry } from 'prom-client';
import type { AppliancePeerListener } from './appliance-listener';
import { AppliancePeer } from './appliance-peer';
import type { DatapathExchange, InterceptTotals, LiveSwarm, PeerTotals } from './datapath-messages';
import type { OperatorDesk } from './operator-desk';
import { linkSettingsOf } from './fetch-plan';
import type { IntegrityDesk } from './integrity-desk';
import type { StoreState } from './appliance-store';
import type { Pulse } from './pulse';
import { loopbackOf } from './own-addresses';
import { causeOf, declareSubscribers, giveUp } from './peer-conditions';
import type { PeerRulesSettings } from './peer-rules';
import { hasNativeSockets } from './sockets';
import { streamStatsOf } from './stream-stats';
import { tellLostRules, tellStore } from './store-condition';
import { swarmFilter } from './swarm-rules';
import { threadsOf, warnOf, warnOfFinding } from './warnings';

/** What the service stands on. */
export interface PeerServiceParts {
  readonly config: WeirConfig;
  readonly registry: Registry;
  readonly threads: ThreadMetrics;
  readonly readiness: ReadinessRegistry;
}

interface Events {
  notice: [Notice];
  'flows-lost': [];
}

/** The appliance's peer for as long as the application runs. */
@Injectable()
export class PeerService implements OnModuleDestroy {
  private readonly isServed: (swarmId: SwarmId) => boolean;

  private constructor(
    private readonly peer: AppliancePeer,
    private readonly events: EventEmitter<Events>,
    private readonly config: WeirConfig,
  ) {
    this.isServed = swarmFilter(config.swarms);
  }

  /** Opens store and sockets. Rejects with a `StoreError`, a `PeerError` or a `MembershipError`. */
  static async start({ config, registry, threads, readiness }: PeerServiceParts): Promise<PeerService> {
    const logger = new Logger(PeerService.name);
    const events = new EventEmitter<Events>();
    declareSubscribers(config.subscribers, readiness, logger);
    readiness.declare({ name: 'store', ready: true });
    const peer = await AppliancePeer.start(
      { ...settingsOf(config), exchange: await exchangeOf(config) },
      listenerOf({ threads, readiness }, events, logger),
      registry,
    );
    readiness.declare({ name: 'peer', ready: true });
    tellPort(config, logger);
    logger.log(`PPSPP at ${peer.addresses.map(({ ip, port }) => `${ip} port ${String(port)}`).join(', ')}`);
    return new PeerService(peer, events, config);
  }

  onModuleDestroy(): Promise<void> {
    return this.peer.stop();
  }

  /** Where peers reach us. */
  get addresses(): readonly Address[] {
    return this.peer.addresses;
  }

  /** See `AppliancePeer.refresh`. */
  refresh(): Promise<void> {
    return this.peer.refresh();
  }

  get totals(): PeerTotals {
    return this.peer.totals;
  }

  /** See `AppliancePeer.intercepted`. */
  get intercepted(): InterceptTotals {
    return this.peer.intercepted;
  }

  /** See `AppliancePeer.linkRates`. */
  get linkRates(): AppliancePeer['linkRates'] {
    return this.peer.linkRates;
  }

  get usage(): StoreUsage {
    return this.peer.usage;
  }

  /** Whether we listen on loopback alone, as in a lab: then peers and trackers are there too. */
  get onLoopback(): boolean {
    return this.addresses.every(isLoopback);
  }

  /** What trackers are told of each swarm that is open, or was since the start. RFC 7846 section 3.2.5. */
  streamStats(): StreamStats[] {
    return streamStatsOf(this.live(), this.peer.traffic(), this.peer.availableBandwidth);
  }

  /** Hears of every notice from now on. */
  onNotice(listener: (notice: Notice) => void): void {
    this.events.on('notice', listener);
  }

  /**
   * Hears when intercepted flows went to their origins though nobody revoked them: a thread stalled, or it ended. See `pulse`
   * for the other way round.
   */
  onFlowsLost(listener: () => void): void {
    this.events.on('flows-lost', listener);
  }

  /** See `AppliancePeer.pulse`. */
  get pulse(): Pulse {
    return this.peer.pulse;
  }

  /** Whether a subscriber who asks for a swarm now finds it here: stored, or being fetched, and not blocked. */
  serves(swarmId: SwarmId): boolean {
    if (!this.isServed(swarmId) || this.isBlocked(swarmId)) return false;
    return this.peer.store.holds(swarmId) || this.live().some(({ metadata }) => metadata.swarmId === swarmId);
  }

  /** Whether an operator blocked a swarm, by the admin API. */
  isBlocked(swarmId: SwarmId): boolean {
    return this.operator.rules.isBlocked(swarmId);
  }

  /** What operators lay down and order. */
  get operator(): OperatorDesk {
    return this.peer.operator;
  }

  /** Damage to the store, and the scrub. */
  get integrity(): Pick<IntegrityDesk, 'report' | 'startScrub' | 'cancelScrub' | 'acknowledgeRules'> {
    return this.peer.integrity;
  }

  /** See `AppliancePeer.live`. */
  live(): readonly LiveSwarm[] {
    return this.peer.live();
  }

  /** See `ApplianceStore.state`. */
  get storeState(): StoreState {
    return this.peer.store.state;
  }

  /** See `ApplianceStore.known`. */
  get storedKnown(): Promise<void> {
    return this.peer.store.known;
  }

  /** See `ApplianceStore.knownSoon`. */
  storedKnownSoon(): Promise<void> {
    return this.peer.store.knownSoon();
  }

  /** See `ApplianceStore.stored`. */
  stored(): readonly SwarmSummary[] {
    return this.peer.store.stored();
  }

  /** See `ApplianceStore.find`. */
  storedSwarm(swarmId: SwarmId): SwarmSummary | undefined {
    return this.peer.store.find(swarmId);
  }

  /** Makes external peers of a swarm known; the best has the lowest priority. */
  addPeers(swarmId: SwarmId, peers: readonly Candidate[]): void {
    this.peer.addPeers(swarmId, peers);
  }

  /** See `AppliancePeer.fetch`. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): void {
    this.peer.fetch(metadata, peers);
  }

  /** See `AppliancePeer.certify`; nothing where certificates are not exchanged. */
  certify(swarmId: SwarmId, certificate: Uint8Array): void {
    if (this.config.ppspp.peerExchange === 'certificates') this.peer.certify(swarmId, certificate);
  }

  /** See `AppliancePeer.purge`. */
  purge(swarmId: SwarmId): Promise<boolean> {
    return this.peer.purge(swarmId);
  }
}

function listenerOf(
  { threads, readiness }: Pick<PeerServiceParts, 'threads' | 'readiness'>,
  events: EventEmitter<Events>,
  logger: Logger,
): AppliancePeerListener {
  return {
    onNotice: (notice) => {
      warnOf(notice, logger);
      events.emit('notice', notice);
    },
    onReport: (thread, { metrics }) => threads.report(thread, metrics),
    onTrouble: (message) => logger.warn(message),
    onFinding: (finding) => warnOfFinding(finding, logger),
    onRulesLost: (finding) => tellLostRules(finding, readiness, logger),
    onFlowsLost: () => void events.emit('flows-lost'),
    onStore: (trouble) => tellStore(trouble, readiness, logger),
    onEnded: (thread, failure) => {
      threads.retire(thread);
      const reason = `${thread} ended unasked: ${failure instanceof Error ? causeOf(failure) : String(failure)}`;
      const remedy = 'nothing: it is being replaced; if it happens again, report it with the log';
      readiness.declare({ name: 'peer', ready: false, reason, remedy });
      logger.error(`${reason}; it is being replaced`);
    },
    onReplaced: () => {
      readiness.declare({ name: 'peer', ready: true });
      logger.log('all datapath threads run again');
    },
    onFailure: (failure) => giveUp(failure, readiness, logger),
  };
}

/** What carries the datagrams; if it is not what carries them best, why. */
function tellPort({ datapath, upload }: WeirConfig, logger: Logger): void {
  const native = nativeDatagrams();
  if (datapath.port === 'node') logger.log('UDP by node:dgram, as configured: on one thread and without interception');
  else if (native.available) logger.log(`UDP by native sockets, on ${threadsOf(datapath.threads)}`);
  else
    logger.warn(
      `UDP by node:dgram, at a multiple of the cost, on one thread (datapath.threads is ${String(datapath.threads)}) and without interception: ${native.reason}`,
    );
  if (!hasNativeSockets(datapath.port) && upload.dscp !== 0)
    logger.warn('upload.dscp has no effect: node:dgram cannot set it');
}

function settingsOf(config: WeirConfig) {
  const { ppspp, upload, subscribers, store, trace, cache, datapath, intercept, swarms, registration } = config;
  const isNative = hasNativeSockets(datapath.port);
  const { newSwarmsPerMinute } = ppspp;
  const { slots: uploadSlots, peerRateMax: bytesPerSecondMax, delayTarget } = upload;
  const target = (delayTarget * second) / 1_000;
  return {
    listen: ppspp.listen.map(({ host, port }) => ({ ip: host, port })),
    port: datapath.port,
    threads: isNative ? datapath.threads : 1,
    dscp: upload.dscp,
    intercept: intercept.enabled && isNative ? { udpPort: intercept.udpPort } : undefined,
    swarms,
    subscribers,
    peers: rulesOf(config),
    bounds: { newSwarmsPerMinute, uploadSlots, upload: { ...endpointDefaults.upload, bytesPerSecondMax, target } },
    storeDirectory: store.path,
    storeCapacityBytes: store.capacity,
    probationBytes: store.probationMemory,
    recording: trace.path === '' ? undefined : { directory: trace.path, bytesMax: trace.bytesMax },
    scrubRate: store.scrubRate,
    judgement: { secondSubscriber: cache.secondSubscriber, swarmShareMax: cache.swarmShare },
    uplink: registration.uplink,
    ...linkSettingsOf(config.fetch),
  };
}

/** Strangers find us where a tracker is there for everyone. What is sent to the admin API's address is never a peer's. */
function rulesOf({ peers, trackers, admin }: WeirConfig): PeerRulesSettings {
  const networks = peers.asnFile === '' ? undefined : peers.networks;
  const reserved = placesOf(admin.listen).map(loopbackOf);
  return { ...peers, networks, reserved, visitors: trackers.some(({ serve }) => serve === 'everyone') };
}

/** Rejects with a `MembershipError` for an authority that cannot be used. */
async function exchangeOf({ ppspp }: WeirConfig): Promise<DatapathExchange | undefined> {
  switch (ppspp.peerExchange) {
    case 'off':
      return undefined;
    case 'private':
      return { plain: true, authorities: [] };
    case 'certificates':
      return { plain: false, authorities: [await readAuthorityCertificate(ppspp.membershipCa)] };
  }
}
