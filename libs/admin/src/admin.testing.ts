import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { InterceptService, type InterceptStatus } from '@weir/intercept';
import { type IntegrityReport, type LiveSwarm, type OperatorDesk, PeerService, type PeerTotals } from '@weir/peer';
import { type Address, type Candidate, type SwarmId, type SwarmMetadata, unlimitedRates } from '@weir/ppspp';
import type { PeerMode } from '@weir/ppstp';
import { forbiddenPlaces, RegistrationService, type TrackedPeer, type TrackerStatus } from '@weir/registration';
import { emptyUsage } from '@weir/store';
import { ReadinessRegistry, TelemetryModule } from '@weir/telemetry';
import { adminHttpAdapter, AdminModule, configureAdmin } from './admin.module';
import { DeskBench } from '../../peer/src/operator-desk.testing';
import type { StoredSwarm } from './swarm-view';

export const idOf = (digit: string): SwarmId => digit.repeat(64);

export const metadataOf = (swarmId: SwarmId): SwarmMetadata => {
  return { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 };
};

export function storedSwarm(swarmId: SwarmId, extentsHeld = 3, chunkCount = 3 * 64): StoredSwarm {
  const record = { metadata: metadataOf(swarmId), chunkCount, peaks: [], contentBytes: chunkCount * 1024 - 7 };
  return { record, extentsHeld, storedBytes: extentsHeld * 69_632, firstUse: 1_700_000_000, lastUse: 1_700_000_600 };
}

export function liveSwarm(swarmId: SwarmId, more: Partial<LiveSwarm> = {}): LiveSwarm {
  const sizes = { chunkCount: undefined, contentBytes: undefined, extentCount: undefined, extentsHeld: 0 };
  const traffic = { fetching: true, subscribers: 0, guests: 0, sources: 0, servedBytes: 0, fetchedBytes: 0 };
  return { metadata: metadataOf(swarmId), ...sizes, complete: false, ...traffic, ...more };
}

/** The peer's service without a peer: what is open is what the test says, what is stored that and what is in a real store. */
export class PeerStandIn implements Partial<Omit<PeerService, 'integrity'>> {
  constructor(readonly bench: DeskBench) {}

  addresses: readonly Address[] = [{ ip: '192.0.2.1', port: 6778 }];
  onLoopback = false;
  totals: PeerTotals = { channels: 0, fetchedBytes: 0, servedBytes: 0, hitBytes: 0, missBytes: 0 };
  usage: PeerService['usage'] = {
    ...emptyUsage(2 ** 40),
  };
  readonly openSwarms = new Map<SwarmId, LiveSwarm>();
  readonly storedSwarms = new Map<SwarmId, StoredSwarm>();
  readonly peers = new Map<SwarmId, Candidate[]>();
  integrityReport: IntegrityReport = {
    ...{ counts: {}, findings: [], rulesLost: undefined, inspection: undefined },
    scrub: { running: false, progress: 0, bytesChecked: 0, pass: undefined, lastPass: undefined },
  };
  readonly integrity = {
    report: () => this.integrityReport,
    startScrub: () => this.scrub({ running: true, progress: 0.5, bytesChecked: 4_096 }),
    cancelScrub: () => this.scrub({ running: false }),
    acknowledgeRules: () => {
      this.integrityReport = { ...this.integrityReport, rulesLost: undefined };
      return Promise.resolve();
    },
  };
  /** What the scrub tells from now on. */
  scrub(scrub: Partial<IntegrityReport['scrub']>): void {
    this.integrityReport = { ...this.integrityReport, scrub: { ...this.integrityReport.scrub, ...scrub } };
  }

  linkRates = unlimitedRates;

  /** What every question throws. */
  failure: unknown;

  refresh(): Promise<void> {
    return this.failure === undefined ? Promise.resolve() : Promise.reject(asError(this.failure));
  }

  live(): readonly LiveSwarm[] {
    return [...this.openSwarms.values()];
  }

  storeState: PeerService['storeState'] = { reason: 'working' };

  storedKnownSoon(): Promise<void> {
    return Promise.resolve();
  }

  storedSwarm(swarmId: SwarmId): StoredSwarm | undefined {
    return this.stored().find(({ record }) => record.metadata.swarmId === swarmId);
  }

  stored(): readonly StoredSwarm[] {
    return [...this.storedSwarms.values(), ...this.bench.reader.swarms()];
  }

  get operator(): OperatorDesk {
    return this.bench.desk;
  }

  isBlocked(swarmId: SwarmId): boolean {
    return this.operator.rules.isBlocked(swarmId);
  }

  fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): void {
    this.openSwarms.set(metadata.swarmId, { ...liveSwarm(metadata.swarmId), metadata });
    this.addPeers(metadata.swarmId, peers);
  }

  addPeers(swarmId: SwarmId, peers: readonly Candidate[]): void {
    this.peers.set(swarmId, [...(this.peers.get(swarmId) ?? []), ...peers]);
  }

  async purge(swarmId: SwarmId): Promise<boolean> {
    this.openSwarms.delete(swarmId);
    return (await this.operator.erase([swarmId])).count > 0 || this.storedSwarms.delete(swarmId);
  }
}

/** The registration without trackers. */
export class RegistrationStandIn implements Partial<RegistrationService> {
  readonly peerId = 'ours';
  trackers: readonly TrackerStatus[] = [];
  /** As in a lab whose admin API listens at port 9080. */
  readonly forbids = forbiddenPlaces({ allowLoopback: true, own: [{ ip: '127.0.0.1', port: 9080 }] });
  readonly modes = new Map<SwarmId, PeerMode>();
  full = false;
  /** Answers look-ups. */
  lookUp: () => Promise<readonly TrackedPeer[]> = () => Promise.resolve([]);

  join(swarmId: SwarmId, mode: PeerMode): boolean {
    if (!this.full) this.modes.set(swarmId, mode);
    return !this.full;
  }

  leave(swarmId: SwarmId): void {
    this.modes.delete(swarmId);
  }

  peersFor(): Promise<readonly TrackedPeer[]> {
    return this.lookUp();
  }
}

/** Interception that diverts nothing. */
export class InterceptionStandIn implements Partial<InterceptService> {
  status: InterceptStatus = {
    enabled: false,
    epochSeconds: undefined,
    passed: { contentBytes: 0, byteHitRatio: undefined },
    popular: [],
  };
}

@Module({})
class RegistrationHost {}

@Module({})
class InterceptionHost {}

/** A module that provides a stand-in and nothing else. */
function hostOf(module: Type, service: Type, standIn: object): DynamicModule {
  return { module, providers: [{ provide: service, useValue: standIn }], exports: [service] };
}

/** An app with the admin API over stand-ins, and without a socket. */
export class AdminApp {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly peer: PeerStandIn,
    readonly registration: RegistrationStandIn,
    readonly interception: InterceptionStandIn,
  ) {}

  /** Over the store in a directory, or over one of its own in memory. */
  static async start(directory?: string): Promise<AdminApp> {
    const peer = new PeerStandIn(DeskBench.start(directory));
    const registration = new RegistrationStandIn();
    const interception = new InterceptionStandIn();
    const hosts = [
      hostOf(RegistrationHost, RegistrationService, registration),
      hostOf(InterceptionHost, InterceptService, interception),
    ] as const;
    const testing = await Test.createTestingModule({ imports: [TelemetryModule, AdminModule.forRoot(...hosts)] })
      .overrideProvider(PeerService)
      .useValue(peer)
      .compile();
    const app = testing.createNestApplication<NestFastifyApplication>(adminHttpAdapter(), { logger: false });
    await configureAdmin(app, { hosts: [], token: undefined });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new AdminApp(app, peer, registration, interception);
  }

  get readiness(): ReadinessRegistry {
    return this.app.get(ReadinessRegistry);
  }

  /** Every route that is served: `GET /v1/status`. */
  get routes(): readonly string[] {
    const server = this.app.getHttpAdapter().getInstance();
    const tree = server.printRoutes({ commonPrefix: false });
    const paths: string[] = [];
    const routes: string[] = [];
    for (const line of tree.split('\n')) {
      const [, indent = '', path = '', methods] = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      paths.splice(depth, paths.length, path);
      for (const method of methods?.split(', ') ?? []) routes.push(`${method} ${paths.join('')}`);
    }
    return routes;
  }

  async request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, more: RequestDetails = {}) {
    const { body, text, type = 'application/json' } = more;
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const sent = payload === undefined ? {} : { payload, headers: { 'content-type': type } };
    const answer = await this.app.inject({ method, url, ...sent });
    const isJson = String(answer.headers['content-type']).includes('json');
    const json: unknown = isJson ? answer.json() : undefined;
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.peer.bench.close();
  }
}

interface RequestDetails {
  readonly body?: unknown;
  /** A body as it stands, in place of `body`. */
  readonly text?: string;
  readonly type?: string;
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
