import { isLoopback, machineMicros, monotonicMicros } from '@weir/datagram';
import {
  CacheError,
  endpointDefaults,
  LinkBudget,
  type Candidate,
  type Notice,
  type SwarmId,
  type SwarmMetadata,
} from '@weir/ppspp';
import type { StoreNotice } from '@weir/store';
import { createVerifyMetrics, PoolVerifier } from '@weir/verify';
import { Registry } from 'prom-client';
import type { DatapathReply, DatapathRequest, DatapathTask } from './datapath-messages';
import { createDatapathMetrics } from './datapath-metrics';
import { Discretion } from './discretion';
import { Driver } from './driver';
import { Entrance } from './entrance';
import { OwnAddresses } from './own-addresses';
import { noPeerRules, PeerRules } from './peer-rules';
import { PrefixList } from './prefix-list';
import { Pulse } from './pulse';
import { Reporter } from './reporter';
import { SharedCells } from './shared-cells';
import { SharedFlows } from './shared-flows';
import { storedInTime } from './stop-times';
import { StoreRoom } from './store-room';
import { StoredContent } from './stored-content';
import { SwarmGate } from './swarm-gate';
import { threadPorts, type ThreadPorts } from './thread-ports';
import { ThreadStore } from './thread-store';

/** How often the control thread hears of the counters. */
const reportMillis = 1_000;

/** Reasons for trouble are told at most this often: a failing disk fails a thousand times a second. */
const troubleMillis = 1_000;

/** One datapath thread's work: its sockets, its endpoint, its way to the store, its lines to other threads. */
export class Datapath {
  private readonly registry = new Registry();
  private readonly metrics = createDatapathMetrics(this.registry);
  private readonly subscribers: PrefixList;
  private readonly own: OwnAddresses;
  private readonly rules: PeerRules;
  private readonly ports: ThreadPorts;
  private readonly room: StoreRoom;
  private readonly verifier: PoolVerifier;
  private readonly store: ThreadStore;
  private readonly content: StoredContent;
  private readonly discretion: Discretion;
  private readonly gate: SwarmGate;
  private readonly driver: Driver;
  private readonly entrance: Entrance;
  private readonly reporter: Reporter;
  private readonly timer: NodeJS.Timeout;
  private troubleAt = Number.NEGATIVE_INFINITY;
  private stop: () => void = () => undefined;

  constructor(private readonly task: DatapathTask) {
    this.subscribers = new PrefixList(task.subscribers);
    this.room = new StoreRoom(new Pulse(task.shard.count, task.pulse));
    this.own = new OwnAddresses(task.listen);
    this.ports = threadPorts(task);
    this.rules = new PeerRules(task.peers ?? noPeerRules, {
      subscribers: this.subscribers,
      own: this.own,
      listening: () => this.locals,
      isLab: task.listen.every(isLoopback),
    });
    this.discretion = new Discretion(task.exchange, this.subscribers, () => this.locals);
    this.gate = new SwarmGate(task.swarms, task.blocked);
    this.verifier = new PoolVerifier(task.verifyThreads, createVerifyMetrics(this.registry));
    this.store = this.makeStore();
    this.content = this.makeContent();
    this.driver = this.makeDriver();
    for (const [swarmId, limits] of task.limits ?? []) this.driver.input({ kind: 'swarm-limits', swarmId, limits });
    const { driver, ports, metrics, own } = this;
    this.entrance = new Entrance({
      task,
      own,
      ports,
      metrics,
      arrive: (datagram, arrival) => driver.arrive(datagram, arrival),
      input: (input) => driver.input(input),
      onFlowsLost: () => this.tell({ type: 'flows-lost' }),
    });
    this.reporter = new Reporter({
      thread: task.shard.index,
      registry: this.registry,
      metrics,
      endpoint: driver.endpoint,
      ports: this.allPorts,
    });
    this.timer = setInterval(() => void this.report(), reportMillis);
  }

  /** Works until it is told to stop. Rejects when a socket cannot be opened. */
  async run(): Promise<void> {
    const stopped = new Promise<void>((resolve) => (this.stop = resolve));
    this.task.control.on('message', (request: DatapathRequest) => {
      this.hear(request);
    });
    // Whoever started us is gone: nobody can stop us any more.
    this.task.control.on('close', () => {
      this.stop();
    });
    try {
      await this.driver.start();
      this.entrance.start();
      this.tell({ type: 'ready', addresses: this.locals });
      await stopped;
    } finally {
      await this.end();
    }
  }

  private makeStore(): ThreadStore {
    return new ThreadStore(this.task.store, this.task.storeDirectory, {
      onNotice: (notice) => this.onStoreNotice(notice),
      onState: (reason, holds) => this.onStoreState(reason, holds),
      onFound: (swarmId, content) => this.driver.input({ kind: 'swarm-opened', swarmId, content }),
    });
  }

  private makeContent(): StoredContent {
    const { reader, client } = this.store;
    return new StoredContent(reader, client, this.task.usesKey, {
      onFailure: (failure) => this.complain(failure),
      onWritten: (isFull) => this.onWritten(isFull),
      onUnreadable: () => this.metrics.unreadableExtents.inc(),
      onDamage: (finding) => this.tell({ type: 'damage', finding }),
    });
  }

  private makeDriver(): Driver {
    const { task, rules, discretion } = this;
    return new Driver({
      ports: this.allPorts,
      servicePorts: this.ports.service.length,
      sort: (batch, port) => this.entrance.sort(batch, port),
      onNotOurs: (datagram, flow) => this.entrance.pass(datagram, flow),
      store: this.content,
      verifier: this.verifier,
      endpoint: {
        ...endpointDefaults,
        ...task.bounds,
        shard: task.shard,
        flows: new SharedFlows(task.shard.index, task.shard.count, task.flows),
        budget: budgetOf(task),
        exchange: discretion.config,
        admit: (from) => rules.admission(from),
        standing: (peer) => rules.standing(peer),
        isExternal: (address) => !this.own.has(address) && rules.isOutside(address),
        admitsSwarm: (swarmId) => this.gate.admits(swarmId),
        opensUnknown: true,
        fetchesFromCallers: false,
        servesCalled: false,
      },
      ...(discretion.check === undefined ? {} : { certificates: discretion.check }),
      onNotice: (notice) => this.notice(notice),
      onFailure: (failure) => this.complain(failure),
    });
  }

  private get allPorts() {
    return [...this.ports.service, ...this.ports.intercepting];
  }

  private get locals() {
    return this.ports.service.map(({ local }) => local);
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    // What still waits for an answer is passed on.
    await storedInTime(this.driver.close());
    this.entrance.close();
    await this.report();
    await Promise.all([storedInTime(this.content.close()), this.verifier.close()]);
  }

  private hear(request: DatapathRequest): void {
    switch (request.type) {
      case 'peers':
        return this.driver.input({ kind: 'peers', swarmId: request.swarmId, peers: request.peers });
      case 'peer-measured':
        return this.driver.input({ ...request, kind: 'peer-measured' });
      case 'fetch':
        return void this.fetch(request.metadata, request.peers);
      case 'certificate':
        return this.certify(request.swarmId, request.certificate);
      case 'leave':
        return this.driver.input({ kind: 'leave', swarmId: request.swarmId });
      case 'block':
        return this.block(request.swarmId, request.blocked);
      case 'swarm-limits':
        return this.driver.input({ ...request, kind: 'swarm-limits' });
      case 'settle':
        return this.settle(request.swarmId);
      case 'store-down':
        return void this.store.leave().then(() => this.tell({ type: 'store-left' }));
      case 'store-up':
        return this.store.join(request.store);
      case 'line':
        return this.entrance.connect(request.line);
      case 'report':
        return void this.report();
      case 'stop':
        return this.stop();
    }
  }

  private onStoreState(reason: 'down' | 'slow', holds: boolean): void {
    this.room.note(reason, holds);
    if (reason === 'slow') this.tell({ type: 'store-slow', slow: holds });
    this.lookAtStore();
  }

  private block(swarmId: SwarmId, blocked: boolean): void {
    this.gate.set(swarmId, blocked);
    if (blocked) this.driver.input({ kind: 'leave', swarmId });
  }

  private settle(swarmId: SwarmId): void {
    const swarm = this.driver.endpoint.swarms.find(swarmId);
    if (swarm?.want !== 'all') return;
    const { metadata } = swarm;
    this.driver.input({ kind: 'join', join: { metadata, want: 'demand', content: undefined, trusted: false } });
  }

  private certify(swarmId: SwarmId, certificate: Uint8Array): void {
    const verdict = this.discretion.own(certificate, swarmId);
    if (verdict.ok) this.driver.input({ kind: 'certificate', swarmId, own: verdict.own });
    else this.tell({ type: 'trouble', message: `a tracker's membership certificate is of no use: ${verdict.fault}` });
  }

  private async fetch(metadata: SwarmMetadata, peers: readonly Candidate[]): Promise<void> {
    const { swarmId } = metadata;
    const content = await this.content.open(swarmId).catch((error: unknown) => {
      this.complain(error);
      return undefined;
    });
    // It may have been blocked while we looked.
    if (!this.gate.admits(swarmId)) return;
    this.driver.input({ kind: 'join', join: { metadata, want: 'all', content, trusted: false } });
    this.driver.input({ kind: 'peers', swarmId, peers });
  }

  private notice(notice: Notice): void {
    this.reporter.hear(notice);
    this.tell({ type: 'notice', notice });
  }

  /** Single extents are erased for one reason: they are not what was written. */
  private onStoreNotice({ evicted, erased }: StoreNotice): void {
    for (const { swarmId, index } of evicted) this.driver.input({ kind: 'extent-evicted', swarmId, extent: index });
    for (const { swarmId, index } of erased) {
      if (index === undefined) this.driver.input({ kind: 'leave', swarmId });
      else this.driver.input({ kind: 'extent-evicted', swarmId, extent: index, damaged: true });
    }
  }

  /** Whether the store takes anything is told by what became of a write, and by that of none for long. */
  private onWritten(isFull: boolean): void {
    if (isFull) this.room.refused(machineMicros());
    else this.room.taken();
    this.lookAtStore();
  }

  /** Also for what other threads heard of the store. */
  private lookAtStore(): void {
    const full = this.room.news(machineMicros());
    if (full !== undefined) this.driver.input({ kind: 'store-full', full });
  }

  private async report(): Promise<void> {
    this.store.look();
    this.lookAtStore();
    this.tell({ type: 'report', report: await this.reporter.report() });
  }

  private complain(failure: unknown): void {
    const now = performance.now();
    if (now - this.troubleAt < troubleMillis) return;
    this.troubleAt = now;
    const message = failure instanceof CacheError ? `${failure.code}: ${failure.message}` : String(failure);
    this.tell({ type: 'trouble', message });
  }

  private tell(reply: DatapathReply): void {
    this.task.control.postMessage(reply);
  }
}

/** The thread's part of what all may ask for; they share the machine's clock, while the endpoint has the thread's. */
function budgetOf({ budget, shard }: DatapathTask): LinkBudget | undefined {
  if (budget === undefined) return undefined;
  return new LinkBudget(new SharedCells(budget), shard.index, machineMicros() - monotonicMicros());
}
