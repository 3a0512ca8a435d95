import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { LastEnd } from './boot-mark';
import { StoreError } from './errors';
import type { Finding } from './integrity/finding';
import type { StoreInspection } from './integrity/inspect-store';
import type { LmdbStoreOptions } from './lmdb-store';
import { type StoreMetrics, observeTransaction, observeUsage } from './metrics';
import { type StoreUsage, emptyUsage } from './store';
import { workerFile } from './worker-file';
import type { ClientReply, ControlReply, ControlRequest, WriterTask } from './writer-messages';

const noSlab: ClientReply = { type: 'slab', contents: { memory: [], held: [] } };

/** The writer's thread, as the control thread sees it. */
export interface RunningWriter {
  /** A port for one StoreClient, here or, transferred, on another thread. Throws STORE_CLOSED once the writer ended. */
  connect(): MessagePort;

  /** What was found damaged at the start, and what was done about it. */
  readonly inspection: StoreInspection;

  /** As of the last transaction; of an empty store until there is an account. */
  usage(): StoreUsage;

  /** How the run before this one ended. */
  readonly lastEnd: LastEnd;

  /** Resolves when the account is made and commits are taken up; rejects if the thread ends before. */
  readonly accounted: Promise<void>;

  /** Settles when the thread ends: resolved after `stop`, rejected with a StoreError when it failed. */
  readonly ended: Promise<void>;

  /** Commits what has arrived and ends the thread. Close the clients first: what is still theirs is rejected. */
  stop(): Promise<void>;
}

/** Who hears of a writer while it runs. */
export interface WriterListener {
  /** Damage that was found, and dealt with. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
  /** How full the store is, whenever that changed. */
  readonly onUsage?: (usage: StoreUsage) => void;
}

/** Starts a store's one writer in a thread of its own. Rejects with a StoreError when the store cannot be opened. */
export async function startWriter(
  options: LmdbStoreOptions,
  metrics?: StoreMetrics,
  listener?: WriterListener,
): Promise<RunningWriter> {
  const writer = await launchWriter(options, metrics, listener);
  await writer.accounted;
  return writer;
}

/**
 * The same, but resolves as soon as readers may open the store: the account is made meanwhile, which takes the longer the more there
 * is, and commits wait for it. `onFindings` hears of damage that is found later than at the start, and was mended.
 */
export async function launchWriter(
  options: LmdbStoreOptions,
  metrics?: StoreMetrics,
  listener: WriterListener = {},
): Promise<RunningWriter> {
  const writer = new WriterThread(options, metrics, listener);
  await writer.opened;
  return writer;
}

class WriterThread implements RunningWriter {
  readonly opened: Promise<void>;
  readonly accounted: Promise<void>;
  readonly ended: Promise<void>;
  lastEnd: LastEnd = 'unknown';
  inspection: StoreInspection = { report: undefined, findings: [] };
  private readonly pool: Piscina<WriterTask, void>;
  private readonly control: MessagePort;
  private readonly awaited = new Map<ControlReply['type'], () => void>();
  private lastUsage: StoreUsage;
  private failure: StoreError | undefined;
  private running = true;
  private hasAccount = false;

  constructor(
    options: LmdbStoreOptions,
    private readonly metrics: StoreMetrics | undefined,
    private readonly listener: WriterListener,
  ) {
    this.lastUsage = emptyUsage(options.capacityBytes);
    // The task never returns to the pool, so that there is no idle thread to wake by atomics.
    this.pool = new Piscina({ filename: workerFile('writer'), minThreads: 1, maxThreads: 1, atomics: 'disabled' });
    const { port1, port2 } = new MessageChannel();
    this.control = port1;
    const opened = this.untilHeard('opened');
    const accounted = this.untilHeard('ready');
    port1.on('message', (reply: ControlReply) => this.hear(reply));
    this.ended = this.run({ options, control: port2 });
    // Whoever wants to know listens to it; that nobody does must not end the process.
    this.ended.catch(() => undefined);
    this.opened = Promise.race([opened, this.ended]);
    this.accounted = Promise.race([accounted, this.ended]);
    this.accounted.catch(() => undefined);
  }

  connect(): MessagePort {
    if (!this.running) throw new StoreError('STORE_CLOSED', 'The writer has ended. Start another.');
    const { port1, port2 } = new MessageChannel();
    // Nothing is in memory before there is an account: whoever reads need not wait for that.
    if (!this.hasAccount) port2.postMessage(noSlab);
    this.send({ type: 'connect', port: port2 }, [port2]);
    return port1;
  }

  usage(): StoreUsage {
    return this.lastUsage;
  }

  async stop(): Promise<void> {
    if (this.running) this.send({ type: 'stop' });
    await this.ended;
  }

  private async run(task: WriterTask): Promise<void> {
    // A thread that dies without the task, as while it is loading, is told of as an event, which ends the process if nobody listens.
    const died = new Promise<never>((_, reject) => {
      this.pool.on('error', reject);
    });
    died.catch(() => undefined);
    try {
      await Promise.race([this.pool.run(task, { transferList: [task.control] }), died]);
    } catch (cause) {
      this.hearTheRest();
      throw this.failure ?? new StoreError('STORE_FAILED', 'The writer thread ended unasked.', {}, { cause });
    } finally {
      this.running = false;
      this.control.close();
      await this.pool.destroy();
    }
  }

  private untilHeard(type: ControlReply['type']): Promise<void> {
    return new Promise((resolve) => this.awaited.set(type, resolve));
  }

  private hear(reply: ControlReply): void {
    this.awaited.get(reply.type)?.();
    switch (reply.type) {
      case 'opened':
        this.lastEnd = reply.lastEnd;
        this.inspection = reply.inspection;
        if (this.metrics) this.metrics.starts.inc({ after: reply.lastEnd });
        break;
      case 'ready':
        this.hasAccount = true;
        this.noteUsage(reply.usage);
        break;
      case 'swept':
        this.noteUsage(reply.usage);
        break;
      case 'found':
        this.listener.onFindings?.(reply.findings);
        break;
      case 'failed':
        this.failure = new StoreError(reply.code, reply.message, reply.details);
        break;
      case 'transaction':
        this.noteUsage(reply.report.usage);
        if (this.metrics) observeTransaction(this.metrics, reply.report);
        break;
    }
  }

  /** The thread's end and its last words come through different ports, in any order. */
  private hearTheRest(): void {
    let next: { message: ControlReply } | undefined = receiveMessageOnPort(this.control);
    while (next !== undefined) {
      this.hear(next.message);
      next = receiveMessageOnPort(this.control);
    }
  }

  private noteUsage(usage: StoreUsage): void {
    this.lastUsage = usage;
    if (this.metrics) observeUsage(this.metrics, usage);
    this.listener.onUsage?.(usage);
  }

  private send(request: ControlRequest, transfer: MessagePort[] = []): void {
    this.control.postMessage(request, transfer);
  }
}
