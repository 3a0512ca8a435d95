import { randomBytes } from 'node:crypto';

import type { PeerInfo, PeerMode, StreamStats } from '@weir/ppstp';

import { announcedTo } from './announced';
import { BoundedMap } from './bounded-map';
import type { Answer } from './client/ppstp-client';
import { type Clock, systemClock } from './clock';
import { ownIdsMax, swarmsMax } from './limits';
import { type Found, LookUps } from './look-ups';
import type { RegistrationMetrics } from './metrics';
import type { SessionClient } from './session/session-client';
import { planRegistration, type RegistrationPlan, type RegistrationSettings, type TrackerPlan } from './settings';
import { trackersInUse } from './tiers';
import type { ListFilter, TrackedPeer } from './tracked-peers';
import { trackerClient } from './tracker-client';
import { TrackerSession } from './tracker-session';
import type { TrackerSessionState, TrackerStatus } from './tracker-status';

/** What a registration needs of the world around it; all of it has a default. */
export interface RegistrationWorld {
  /** What we have done in our swarms since we joined them, for STAT_REPORT. Default: nothing to report. */
  readonly counters?: () => readonly StreamStats[] | Promise<readonly StreamStats[]>;
  readonly metrics?: RegistrationMetrics;
  /** Told when a tracker's state has changed. */
  readonly changed?: (status: TrackerStatus) => void;
  /** Told of each membership certificate that a tracker issues us, in DER; the same one may come again. */
  readonly certified?: (swarmId: string, certificate: Uint8Array) => void;
  /** Told when a tracker names peers of a swarm. */
  readonly named?: (swarmId: string, url: string) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Default: a `PpstpClient` over HTTP. */
  readonly client?: (url: string) => SessionClient;
}

/**
 * A peer's registration with its trackers (RFC 7846): it says which swarms we are in, reports what we have done there,
 * and asks who else is. A tracker that cannot be reached costs its peers and nothing more: nothing here throws or
 * rejects for what a tracker does.
 */
export class Registration {
  private readonly plan: RegistrationPlan;
  private readonly clock: Clock;
  private readonly sessions: readonly TrackerSession[];
  private readonly states = new Map<string, { readonly state: TrackerSessionState; readonly since: number }>();
  /** URLs of the trackers that do not stand by. */
  private used: ReadonlySet<string> = new Set();
  private readonly wanted = new Map<string, PeerMode>();
  private readonly lookUps: LookUps;
  /** The peer IDs that were drawn: whoever is listed as one of them is ourselves. */
  private readonly ownIds = new BoundedMap<string, true>(ownIdsMax);
  private phase: 'new' | 'started' | 'stopped' = 'new';

  /** Throws `REGISTRATION_SETTING_INVALID`. Nothing is sent before `start`. */
  constructor(
    settings: RegistrationSettings,
    private readonly world: RegistrationWorld = {},
  ) {
    this.plan = planRegistration(settings);
    this.clock = world.clock ?? systemClock;
    this.sessions = this.plan.trackers.map((tracker) => this.session(tracker));
    for (const { status } of this.sessions) this.record(status);
    this.lookUps = new LookUps({
      ...{ clock: this.clock, metrics: world.metrics },
      ...{ lookupMillis: this.plan.lookupMillis, requestMillis: this.plan.requestMillis },
      ask: (swarmId) => this.sessions.map((session) => this.find(session, swarmId)),
      own: () => this.own,
    });
  }

  /** The peer ID of our first identity at each tracker. */
  get peerId(): string {
    return this.plan.peerId;
  }

  /** Every tracker and how it is, in the order of the settings. */
  get trackers(): readonly TrackerStatus[] {
    return this.sessions.map(({ status }) => status);
  }

  /** Registers us with every tracker, in the swarms that were joined before and in those that will be. */
  start(): void {
    if (this.phase !== 'new') return;
    this.phase = 'started';
    this.chooseTiers();
    this.update();
  }

  /** Leaves all swarms, for as long as `leaveSeconds` at most, and ends. There is no second start. */
  async stop(): Promise<void> {
    this.phase = 'stopped';
    await Promise.all(this.sessions.map((session) => session.stop()));
  }

  /** Joins a swarm at every tracker, or changes our mode in it. False if we are in too many (`swarmsMax`). */
  join(swarmId: string, mode: PeerMode): boolean {
    if (this.wanted.get(swarmId) === mode) return true;
    if (!this.wanted.has(swarmId) && this.wanted.size >= swarmsMax) return false;
    this.wanted.set(swarmId, mode);
    this.update();
    return true;
  }

  /** Leaves a swarm at every tracker. */
  leave(swarmId: string): void {
    if (this.wanted.delete(swarmId)) this.update();
  }

  /**
   * Peers of a swarm, the best first: from every tracker that is used and where we are in some swarm, without ourselves and
   * without what cannot be a peer's address. `found` is told of those known so far as each tracker answers, so that nobody
   * waits for a slow one; the promise resolves when all have, or `requestSeconds` have passed. Asked anew when
   * `lookupSeconds` have passed; look-ups of one swarm at a time are one.
   */
  peersFor(swarmId: string, found?: Found): Promise<readonly TrackedPeer[]> {
    return this.phase === 'started' ? this.lookUps.peersFor(swarmId, found) : Promise.resolve([]);
  }

  private get own(): ListFilter {
    return { ...this.plan, isOwnId: (peerId) => this.ownIds.has(peerId) };
  }

  private update(): void {
    if (this.phase !== 'started') return;
    for (const session of this.sessions) session.update();
  }

  private async find(session: TrackerSession, swarmId: string): Promise<readonly PeerInfo[]> {
    const peers = await session.find(swarmId);
    if (peers.length > 0) this.world.named?.(swarmId, session.status.url);
    return peers;
  }

  /** The peer IDs beside the first are drawn, and the same at no two trackers: nobody can put them together. */
  private freshId(): string {
    const peerId = randomBytes(20).toString('hex');
    this.ownIds.set(peerId, true);
    return peerId;
  }

  private session(tracker: TrackerPlan): TrackerSession {
    const { clock, plan, world } = this;
    const { peerId, reportMillis, leaveMillis } = plan;
    const random = world.random ?? Math.random;
    const observe = (request: string, answer: Answer) =>
      world.metrics?.requests.inc({ request, outcome: outcomeOf(answer) });
    const addresses = announcedTo(tracker.serve, plan.addresses);
    const client = world.client?.(tracker.url) ?? trackerClient(plan, tracker, addresses, { clock, random, observe });
    return new TrackerSession(tracker, client, {
      ...{ wanted: this.wanted, addresses, peerId, reportMillis, leaveMillis, clock, random },
      freshId: () => this.freshId(),
      stats: () => this.stats(),
      changed: (status) => this.record(status),
      certified: (swarmId, certificate) => world.certified?.(swarmId, certificate),
    });
  }

  /** Without counters, the report is a sign of life; whoever counts may have died, and we have not. */
  private async stats(): Promise<readonly StreamStats[]> {
    try {
      return (await this.world.counters?.()) ?? [];
    } catch {
      return [];
    }
  }

  private record(status: TrackerStatus): void {
    const before = this.states.get(status.url)?.state;
    if (before !== status.state) {
      this.states.set(status.url, { state: status.state, since: this.clock.now() });
      const { trackers } = this.world.metrics ?? {};
      if (before !== undefined) trackers?.dec({ state: before });
      trackers?.inc({ state: status.state });
      if (before !== undefined) this.world.changed?.(status);
    }
    if (this.phase === 'started') this.chooseTiers();
  }

  /** Failover, and back: whenever a tracker's state has changed, or it was heard of again. */
  private chooseTiers(): void {
    const trackers = this.plan.trackers.map((tracker) => ({
      ...{ ...tracker, used: this.used.has(tracker.url) },
      ...(this.states.get(tracker.url) ?? neverHeardOf),
    }));
    const used = trackersInUse(trackers, this.clock.now(), this.plan.reportMillis);
    this.used = new Set([...used].map(({ url }) => url));
    for (const session of this.sessions) session.use(this.used.has(session.url));
  }
}

const neverHeardOf = { state: 'connecting', since: 0 } as const;

const outcomes: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'bad-request',
  2: 'unsupported-version',
  3: 'forbidden-action',
  4: 'internal-server-error',
  5: 'service-unavailable',
  6: 'authentication-required',
};

function outcomeOf(answer: Answer): string {
  return answer.ok ? (outcomes[answer.response.errorCode] ?? 'other-error') : answer.fault;
}
