import {
  endpointDefaults,
  unlimitedRates,
  type Address,
  type Candidate,
  type LinkPlan,
  type LinkRates,
  type Micros,
  type SwarmId,
  type SwarmMetadata,
} from '@weir/ppspp';
import type { AppliancePeerListener } from './appliance-listener';
import { reachableAddresses } from '@weir/datagram';
import { createStoreMetrics, type RuleBook, type StoreUsage, type SwarmSummary } from '@weir/store';
import type { Registry } from 'prom-client';
import { Crew, type CrewSettings } from './crew';
import { crewListener } from './crew-listener';
import type { GuestTotals, InterceptTotals, LiveSwarm, PeerBounds, PeerTotals } from './datapath-messages';
import { createCrewMetrics, type CrewMetrics } from './datapath-metrics';
import { ApplianceStore } from './appliance-store';
import { IntegrityDesk, integrityListener } from './integrity-desk';
import { blockedIn, limitsIn, OperatorDesk } from './operator-desk';
import { LinkKeeper } from './link-keeper';
import { Origins } from './origins';
import { PinKeeper } from './pin-keeper';
import { PastTotals } from './past-totals';
import { storeLauncher, type StoreSettings, wholeBytesMax } from './store-settings';
import { TrafficTotals, type Traffic } from './swarm-traffic';
import { Uplink } from './uplink';
import type { Pulse } from './pulse';

/** What the appliance's peer is told. */
export interface AppliancePeerSettings extends StoreSettings, Omit<CrewSettings, 'verifyThreads' | 'threads'> {
  /** Datapath threads; one when left out. */
  readonly threads?: number;
  /** Bits a second that may be served in all; 0, or left out, if that is not known. */
  readonly uplink?: number;
  /** Bounds of what is fetched from outside; left out, there are none. */
  readonly fetchPlan?: LinkPlan | undefined;
  /** How far ahead of what subscribers play is fetched first; the endpoint's default, where left out. */
  readonly readAhead?: Micros;
}

/**
 * One verify thread beside each datapath thread: hashing costs about as much as receiving. A pool belongs to the thread that
 * made it, so that they cannot have one in common; and one that does nothing costs nothing.
 */
const verifyThreads = 1;

interface Parts {
  readonly store: ApplianceStore;
  readonly crew: Crew;
  /** What threads did that have ended. */
  readonly past: PastTotals;
  readonly traffic: TrafficTotals;
  readonly uplink: Uplink;
  readonly link: LinkKeeper | undefined;
  readonly origins: Origins;
  readonly integrity: IntegrityDesk;
}

/** The appliance's end of the peer protocol: the store's writer, the datapath threads, and the lines between them. */
export class AppliancePeer {
  /** What operators lay down and order. */
  readonly operator: OperatorDesk;
  /** Damage to the store, and the scrub. */
  readonly integrity: IntegrityDesk;
  private readonly pins: PinKeeper;

  private constructor(
    private readonly parts: Parts,
    rules: RuleBook,
    /** Where peers reach us. */
    readonly addresses: readonly Address[],
  ) {
    const { crew, origins, store } = parts;
    const holds = (swarmId: SwarmId): boolean => store.state.reason !== 'working' || store.holds(swarmId);
    const { client, witness } = store;
    const trouble = () => store.trouble;
    this.operator = new OperatorDesk({ client, witness, crew, rules, origins, holds, trouble });
    this.integrity = parts.integrity;
    const { operator } = this;
    this.pins = new PinKeeper({
      rules,
      reviseAll: (swarmIds, change) => operator.reviseAll(swarmIds, change),
      find: (swarmId) => store.find(swarmId),
      fetch: (metadata) => this.fetch(metadata, []),
      settle: (swarmId) => operator.settle(swarmId),
    });
  }

  /** Opens the store, then the sockets. Rejects with a `StoreError` or a `PeerError`, and then leaves nothing open. */
  static async start(
    { threads = 1, bounds = {}, uplink: capacity = 0, fetchPlan, readAhead, ...settings }: AppliancePeerSettings,
    listener: AppliancePeerListener,
    registry: Registry,
  ): Promise<AppliancePeer> {
    let integrity: IntegrityDesk | undefined = undefined;
    const launchStore = storeLauncher(settings, createStoreMetrics(registry), (message) => listener.onTrouble(message));
    const launch = async () => {
      const writer = await launchStore((findings) => integrity?.note(findings));
      integrity?.relaunched(writer);
      return writer;
    };
    const store = await ApplianceStore.start(launch, settings.storeDirectory, (trouble) => listener.onStore(trouble));
    const rules = await store.rules();
    const accounts = { past: new PastTotals(), traffic: new TrafficTotals(), uplink: new Uplink(capacity), store };
    const crewMetrics = createCrewMetrics(registry);
    const { link, origins } = await knowledge(settings.storeDirectory, fetchPlan, crewMetrics);
    let peer: AppliancePeer | undefined = undefined;
    const desk = new IntegrityDesk(
      { scrubRate: 0, ...settings, writer: store.keeper, client: store.client, registry },
      { ...integrityListener(listener, store), ...refetching(() => peer?.pins, store) },
    );
    integrity = desk;
    const told = {
      ...settings,
      threads,
      bounds: { readAhead, backgroundBytesMax: wholeBytesMax(settings), ...shareOf(bounds, threads) },
      verifyThreads,
      blocked: blockedIn(rules),
      limits: limitsIn(rules),
      budget: link?.memory,
    };
    const hearing = crewListener(listener, { ...accounts, integrity }, crewMetrics, threads);
    const crew = await Crew.start(told, store.keeper, hearing).catch(async (error: unknown) => {
      await Promise.all([link?.stop(), origins.stop(), integrity.stop()]);
      await store.stop();
      throw error;
    });
    store.serve(crew, () => {
      // If it fails, the store is down again, and this is tried when it is up.
      peer?.operator.renew().catch((failure: unknown) => listener.onTrouble(`rules: ${String(failure)}`));
    });
    crew.ended.catch((error: unknown) => {
      listener.onFailure(error);
    });
    const addresses = crew.addresses.flatMap(reachableAddresses);
    peer = new AppliancePeer({ crew, link, origins, integrity, ...accounts }, rules, addresses);
    integrity.begin();
    return peer;
  }

  get totals(): PeerTotals {
    return this.parts.past.with(this.parts.crew.reports);
  }

  /** What became of what was intercepted. */
  get intercepted(): InterceptTotals {
    return this.parts.past.with(this.parts.crew.reports);
  }

  /** What went to siblings and strangers. */
  get guests(): GuestTotals {
    return this.parts.past.with(this.parts.crew.reports);
  }

  /** What was done in each swarm since the start, in those that are closed by now, too. */
  traffic(): Iterable<readonly [SwarmId, Traffic]> {
    return this.parts.traffic.all();
  }

  /** Bounds of what is fetched from outside, as they are now. */
  get linkRates(): LinkRates {
    return this.parts.link?.rates ?? unlimitedRates;
  }

  /** Bits a second that might be served in addition; 0 if that is not known. */
  get availableBandwidth(): number {
    return this.parts.uplink.available;
  }

  get usage(): StoreUsage {
    return this.parts.store.keeper.usage();
  }

  /** Where the datapath threads show that they live, and by which their intercepted flows are taken from them. */
  get pulse(): Pulse {
    return this.parts.crew.pulse;
  }

  /** Asks for fresh totals; resolves when they are here, and what is stored is known, or after a second without. */
  async refresh(): Promise<void> {
    await Promise.all([this.parts.crew.refresh(), this.parts.store.knownSoon()]);
  }

  /** The store, and what is stored: nothing of it waits for the disk. */
  get store(): Pick<ApplianceStore, 'state' | 'known' | 'knownSoon' | 'stored' | 'find' | 'holds'> {
    return this.parts.store;
  }

  /** Swarms that are open now. */
  live(): readonly LiveSwarm[] {
    return this.parts.crew.reports.flatMap(({ swarms }) => swarms);
  }

  /** See `ApplianceStore.stored`. */
  stored(): readonly SwarmSummary[] {
    return this.parts.store.stored();
  }

  addPeers(swarmId: SwarmId, peers: readonly Candidate[]): void {
    this.parts.crew.tell(swarmId, { type: 'peers', swarmId, peers });
  }

  /** Fetches a swarm ahead of demand. */
  fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): void {
    this.parts.crew.tell(metadata.swarmId, { type: 'fetch', metadata, peers });
  }

  /** A tracker certified that we are in a swarm: peers there are shown it, as long as the swarm is open. */
  certify(swarmId: SwarmId, certificate: Uint8Array): void {
    this.parts.crew.tell(swarmId, { type: 'certificate', swarmId, certificate });
  }

  /** Leaves a swarm and removes what the store has of it; true if that was anything. */
  async purge(swarmId: SwarmId): Promise<boolean> {
    return (await this.operator.erase([swarmId])).count > 0;
  }

  /** Takes leave of all peers; what was verified is on disk when it resolves. */
  async stop(): Promise<void> {
    this.pins.stop();
    await this.parts.integrity.stop();
    await this.parts.crew.stop();
    const { link, origins, store } = this.parts;
    await Promise.all([link?.stop(), origins.stop()]);
    await store.stop();
  }
}

/** Who hears of damage, and has what is pinned fetched again: after a loss once it is known what is left. */
function refetching(pins: () => PinKeeper | undefined, store: Pick<ApplianceStore, 'known'>) {
  return {
    onErased: (swarmId: SwarmId) => pins()?.damaged(swarmId),
    onLost: () => void store.known.then(() => pins()?.allDamaged()),
  };
}

/** What was learned before, and is kept beside the store. */
async function knowledge(directory: string, plan: LinkPlan | undefined, metrics: CrewMetrics) {
  const link = plan && LinkKeeper.start({ plan, metrics, directory });
  return { link: await link, origins: await Origins.open(directory) };
}

/** What one of several threads may do of what all together may: each has swarms of its own, by hash, and so about as many. */
function shareOf(bounds: PeerBounds, threads: number): PeerBounds {
  const { newSwarmsPerMinute, uploadSlots, cacheBytes } = { ...endpointDefaults, ...bounds };
  return {
    ...bounds,
    newSwarmsPerMinute: Math.ceil(newSwarmsPerMinute / threads),
    uploadSlots: Math.ceil(uploadSlots / threads),
    cacheBytes: Math.ceil(cacheBytes / threads),
  };
}
