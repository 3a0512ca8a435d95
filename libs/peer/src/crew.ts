import { randomBytes } from 'node:crypto';
import { DatagramError, machineMicros } from '@weir/datagram';
import {
  limits as coreLimits,
  shardOfSwarm,
  type Address,
  type Notice,
  type SwarmId,
  type SwarmLimits,
} from '@weir/ppspp';
import type { Finding, RunningWriter } from '@weir/store';
import { crossedLines, lineBetween } from './crossed-lines';
import type { DatapathReport, DatapathRequest } from './datapath-messages';
import { DatapathThread, type ThreadSettings } from './datapath-thread';
import { PeerError } from './errors';
import type { LineEnd } from './handover';
import { Pulse } from './pulse';
import { RestartBudget } from './restart-budget';
import { SharedFlows } from './shared-flows';
import { hasNativeSockets, Sockets, type SocketPlan } from './sockets';
import { stopMillis } from './stop-times';
import { SwarmGate } from './swarm-gate';
import { withinMillis } from './within-millis';

/** What all datapath threads are told. */
export interface CrewSettings
  extends
    Omit<SocketPlan, 'threads'>,
    Omit<ThreadSettings, 'shard' | 'pulse' | 'flows' | 'usesKey' | 'lines' | 'sockets'> {
  /** How many there are. */
  readonly threads: number;
}

/** Who hears of the datapath threads. */
export interface CrewListener {
  onNotice(notice: Notice): void;
  /** Counters of one thread. */
  onReport(thread: number, report: DatapathReport): void;
  onTrouble(message: string): void;
  /** The disk does not keep up, as some thread sees it; or does again, as all see it. */
  onStoreSlow(slow: boolean): void;
  /** Something stored was not what had been written, and was removed. */
  onDamage(finding: Finding): void;
  /** Intercepted flows went to their origins, of one thread or all, and the control thread did not ask for it. */
  onFlowsLost(): void;
  /** A thread ended unasked, with all its channels; it is being replaced. */
  onEnded(thread: number, failure: unknown, last: DatapathReport | undefined): void;
  /** All threads run again. */
  onReplaced(): void;
}

/**
 * The datapath threads: each has swarms of its own. One that ends unasked is replaced by one that goes on with its sockets; what
 * it knew of peers is gone, and they notice as they would notice a lost connection.
 */
export class Crew {
  /** Settles when it is over: resolved after `stop`, rejected when too many threads ended unasked. */
  readonly ended: Promise<void>;
  private readonly budget = new RestartBudget();
  /** Not of a pool of bytes: a thread would be given all of it. */
  private readonly usesKey = new Uint8Array(randomBytes(16));
  private readonly threads: DatapathThread[] = [];
  private readonly missing = new Set<number>();
  private readonly gate: SwarmGate;
  private readonly limits: Map<SwarmId, SwarmLimits>;
  private listening: readonly Address[] = [];
  /** Threads that wait for the disk. */
  private readonly slow = new Set<number>();
  private hasStore = true;
  private stopping = false;
  private over: { resolve: () => void; reject: (reason: unknown) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };

  private constructor(
    private readonly parts: {
      readonly settings: CrewSettings;
      readonly writer: RunningWriter;
      readonly listener: CrewListener;
      readonly sockets: Sockets | undefined;
      readonly flows: SharedFlows;
    },
    /** Where the threads show that they live. */
    readonly pulse: Pulse,
  ) {
    this.gate = new SwarmGate(undefined, parts.settings.blocked);
    this.limits = new Map(parts.settings.limits);
    this.ended = new Promise((resolve, reject) => {
      this.over = { resolve, reject };
    });
    this.ended.catch(() => undefined);
  }

  /** Opens the sockets and starts the threads. Rejects with a `PeerError`, and then leaves nothing open. */
  static async start(settings: CrewSettings, writer: RunningWriter, listener: CrewListener): Promise<Crew> {
    const { threads } = settings;
    const sockets = openSockets(settings);
    const crew = new Crew(
      { settings, writer, listener, sockets, flows: new SharedFlows(0, threads) },
      new Pulse(threads),
    );
    await crew.begin();
    return crew;
  }

  /** Where peers reach us. */
  get addresses(): readonly Address[] {
    return this.listening;
  }

  /** What each thread that runs reported last. */
  get reports(): readonly DatapathReport[] {
    return this.threads.flatMap(({ report }) => report ?? []);
  }

  /** Asks all threads for fresh reports; resolves when they are here, or after a second without. */
  async refresh(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.refresh()));
  }

  /** Tells the thread that a swarm belongs to. */
  tell(swarmId: SwarmId, request: Exclude<DatapathRequest, { type: 'line' }>): void {
    this.threads[shardOfSwarm(swarmId, this.threads.length)]?.tell(request);
  }

  /** Has every thread leave a swarm and let nobody into it, those included that are started later; or let them in again. */
  block(swarmId: SwarmId, blocked: boolean): void {
    this.gate.set(swarmId, blocked);
    for (const thread of this.threads) thread.tell({ type: 'block', swarmId, blocked });
  }

  /** Bounds what is fetched and served of a swarm, whichever thread has it, one that is started later included. */
  limit(swarmId: SwarmId, limits: SwarmLimits): void {
    const isBounded = Object.values(limits).some((rate) => rate !== undefined);
    if (isBounded && (this.limits.has(swarmId) || this.limits.size < coreLimits.swarmRulesMax))
      this.limits.set(swarmId, limits);
    else this.limits.delete(swarmId);
    this.tell(swarmId, { type: 'swarm-limits', swarmId, limits });
  }

  /** Has every thread leave the store, those included that are started later; resolves when they have, or take too long. */
  async leaveStore(): Promise<void> {
    this.hasStore = false;
    await Promise.all(this.threads.map((thread) => thread.leaveStore()));
  }

  /** Leads every thread to the store that came up. */
  joinStore(): void {
    this.hasStore = true;
    for (const thread of this.threads) thread.tell({ type: 'store-up', store: this.parts.writer.connect() });
  }

  /** Leaves all peers, ends the threads, closes the sockets. A thread that the disk holds up is not waited for. */
  async stop(): Promise<void> {
    this.stopping = true;
    await withinMillis(Promise.allSettled(this.threads.map((thread) => thread.stop())), stopMillis.crew);
    this.parts.sockets?.close();
    this.over.resolve();
  }

  private async begin(): Promise<void> {
    const { threads } = this.parts.settings;
    const lines = crossedLines(threads);
    for (let index = 0; index < threads; index++) this.threads.push(this.launch(index, lines[index] ?? []));
    try {
      const [listening = []] = await Promise.all(this.threads.map(({ ready }) => ready));
      this.listening = listening;
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.threads.forEach((thread, index) => this.attend(thread, index));
  }

  private launch(index: number, lines: readonly LineEnd[]): DatapathThread {
    const { settings, writer, listener, sockets, flows } = this.parts;
    const { threads: count, ...told } = settings;
    // Who opens its own sockets gets those addresses again that the system chose before.
    const listen = this.listening.length > 0 ? this.listening : settings.listen;
    const { usesKey } = this;
    const shared = { shard: { index, count }, pulse: this.pulse.memory, flows: flows.memory, usesKey, lines };
    const { list: blocked } = this.gate;
    const thread = new DatapathThread(
      { ...told, ...shared, blocked, limits: [...this.limits], listen, sockets: sockets?.threads[index] },
      writer.connect(),
      {
        onNotice: (notice) => this.hear(notice, index),
        onReport: (report) => listener.onReport(index, report),
        onTrouble: (message) => listener.onTrouble(message),
        onDamage: (finding) => listener.onDamage(finding),
        onFlowsLost: () => listener.onFlowsLost(),
        onStoreSlow: (slow) => this.noteSlow(index, slow),
      },
    );
    if (!this.hasStore) thread.tell({ type: 'store-down' });
    return thread;
  }

  private noteSlow(index: number, slow: boolean): void {
    const before = this.slow.size > 0;
    if (slow) this.slow.add(index);
    else this.slow.delete(index);
    if (before !== this.slow.size > 0) this.parts.listener.onStoreSlow(!before);
  }

  /** What one thread measured of a peer is of use to all. */
  private hear(notice: Notice, from: number): void {
    if (notice.type !== 'peer-measured') return this.parts.listener.onNotice(notice);
    const { address, delivery } = notice;
    this.threads.forEach((thread, index) => {
      if (index !== from) thread.tell({ type: 'peer-measured', address, delivery });
    });
  }

  private attend(thread: DatapathThread, index: number): void {
    thread.ended.catch((failure: unknown) => {
      if (!this.stopping) this.replace(thread, index, failure);
    });
  }

  private replace(ended: DatapathThread, index: number, failure: unknown): void {
    const { listener, flows } = this.parts;
    this.pulse.clear(index);
    flows.clear(index);
    if (!this.budget.take(machineMicros())) {
      this.over.reject(failure);
      return;
    }
    this.missing.add(index);
    this.noteSlow(index, false);
    listener.onEnded(index, failure, ended.report);
    listener.onFlowsLost();
    try {
      this.succeed(index);
    } catch (error) {
      // The store's writer has ended, too.
      this.over.reject(error);
    }
  }

  private succeed(index: number): void {
    const thread = this.launch(index, this.connectAnew(index));
    this.threads[index] = thread;
    this.attend(thread, index);
    thread.ready.then(
      () => this.welcome(index),
      // Its end tells why.
      () => undefined,
    );
  }

  /** New lines to a thread's successor, of which the others get their ends. */
  private connectAnew(index: number): LineEnd[] {
    return this.threads.flatMap((other, at) => {
      if (at === index) return [];
      const [ours, theirs] = lineBetween(index, at);
      other.tell({ type: 'line', line: theirs });
      return [ours];
    });
  }

  private welcome(index: number): void {
    this.missing.delete(index);
    if (this.missing.size === 0 && !this.stopping) this.parts.listener.onReplaced();
  }
}

/** The sockets of all threads; undefined where each thread has to open its own. */
function openSockets(settings: CrewSettings): Sockets | undefined {
  if (!hasNativeSockets(settings.port)) return undefined;
  try {
    return new Sockets(settings);
  } catch (error) {
    if (!(error instanceof DatagramError)) throw error;
    throw new PeerError('DATAPATH_FAILED', error.message, { ...error.details, reason: error.code });
  }
}
