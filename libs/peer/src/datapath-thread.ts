import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Address, Notice } from '@weir/ppspp';
import type { Finding } from '@weir/store';
import { Piscina } from 'piscina';
import type {
  DatapathFailure,
  DatapathReply,
  DatapathReport,
  DatapathRequest,
  DatapathTask,
} from './datapath-messages';
import { PeerError } from './errors';
import { youngHeapMegabytes } from './limits';
import { expectShortLives } from './short-lived';
import { workerFile } from './worker-file';

/** Who hears of a datapath thread. */
export interface DatapathListener {
  onNotice(notice: Notice): void;
  onReport(report: DatapathReport): void;
  onTrouble(message: string): void;
  /** Something stored was not what had been written, and was removed. */
  onDamage(finding: Finding): void;
  /** The thread stalled, and left all intercepted flows to their origins. */
  onFlowsLost(): void;
  /** The disk does not keep up, as the thread sees it; or does again. */
  onStoreSlow(slow: boolean): void;
}

/** What a datapath thread is told, beside its ports. */
export type ThreadSettings = Omit<DatapathTask, 'control' | 'store'>;

/** A thread that takes longer than this to report is busy with more important things. */
const refreshMillis = 1_000;

/** One that waits for the disk leaves the store when that has answered: it is not waited for longer. */
const leaveMillis = 5_000;

/** A datapath thread, as the control thread sees it: an endless task of a Piscina pool of one. */
export class DatapathThread {
  /** Resolves with the addresses it listens on. Rejects with the reason when it cannot. */
  readonly ready: Promise<readonly Address[]>;
  /** Settles when the thread ends: resolved after `stop`, rejected when it failed. */
  readonly ended: Promise<void>;
  private readonly pool: Piscina<DatapathTask, DatapathFailure | undefined>;
  private readonly control: MessagePort;
  private lastReport: DatapathReport | undefined;
  private waiting: (() => void)[] = [];
  private left: () => void = () => undefined;

  constructor(settings: ThreadSettings, store: MessagePort, listener: DatapathListener) {
    expectShortLives();
    // The task never returns to the pool, so that there is no idle thread to wake by atomics.
    const resourceLimits = { maxYoungGenerationSizeMb: youngHeapMegabytes };
    const one = { minThreads: 1, maxThreads: 1, atomics: 'disabled', resourceLimits } as const;
    this.pool = new Piscina({ filename: workerFile('datapath'), ...one });
    const { port1, port2 } = new MessageChannel();
    this.control = port1;
    const opened = new Promise<readonly Address[]>((resolve) => {
      port1.on('message', (reply: DatapathReply) => {
        if (reply.type === 'ready') resolve(reply.addresses);
        else this.hear(reply, listener);
      });
    });
    this.ended = this.run({ ...settings, control: port2, store });
    // Whoever wants to know listens to it; that nobody does must not end the process.
    this.ended.catch(() => undefined);
    this.ready = Promise.race([opened, this.ended.then((): Promise<never> => Promise.reject(endedError()))]);
    this.ready.catch(() => undefined);
  }

  /** What a request has ports in goes over with it. */
  tell(request: DatapathRequest): void {
    this.control.postMessage(request, portsOf(request));
  }

  /** Has the thread leave the store; resolves when it has, or has ended, or takes too long. */
  async leaveStore(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const left = new Promise<void>((resolve) => {
      this.left = resolve;
      timer = setTimeout(resolve, leaveMillis);
    });
    this.tell({ type: 'store-down' });
    await Promise.race([left, this.ended.catch(() => undefined)]);
    clearTimeout(timer);
  }

  /** What the thread reported last; undefined before it did. */
  get report(): DatapathReport | undefined {
    return this.lastReport;
  }

  /** Asks for a fresh report; resolves when it is here, or after a second without it. */
  refresh(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, refreshMillis);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
      if (this.waiting.length === 1) this.tell({ type: 'report' });
    });
  }

  /** Leaves all peers, and ends the thread. */
  async stop(): Promise<void> {
    this.tell({ type: 'stop' });
    await this.ended;
  }

  private async run(task: DatapathTask): Promise<void> {
    // A worker that dies without the task, as while it is loading, is told of as an event, which ends the process if nobody
    // listens: also when another took the place of the one whose task had ended.
    const died = new Promise<never>((_, reject) => {
      this.pool.on('error', (cause: unknown) => {
        reject(endedError(cause));
      });
    });
    died.catch(() => undefined);
    try {
      const transferList = [task.control, task.store, ...task.lines.map(({ port }) => port)];
      const answer = this.pool.run(task, { transferList }).catch((cause: unknown) => Promise.reject(endedError(cause)));
      const failure = await Promise.race([answer, died]);
      if (failure !== undefined) throw failedError(failure);
    } finally {
      this.control.close();
      await this.pool.destroy();
    }
  }

  private hear(reply: Exclude<DatapathReply, { type: 'ready' }>, listener: DatapathListener): void {
    switch (reply.type) {
      case 'notice':
        return listener.onNotice(reply.notice);
      case 'trouble':
        return listener.onTrouble(reply.message);
      case 'damage':
        return listener.onDamage(reply.finding);
      case 'flows-lost':
        return listener.onFlowsLost();
      case 'store-left':
        return this.left();
      case 'store-slow':
        return listener.onStoreSlow(reply.slow);
      case 'report':
        this.keep(reply.report);
        return listener.onReport(reply.report);
    }
  }

  private keep(report: DatapathReport): void {
    this.lastReport = report;
    const waiting = this.waiting;
    this.waiting = [];
    for (const done of waiting) done();
  }
}

function portsOf(request: DatapathRequest): MessagePort[] {
  if (request.type === 'line') return [request.line.port];
  return request.type === 'store-up' ? [request.store] : [];
}

function failedError({ code, message, details }: DatapathFailure): PeerError {
  return new PeerError('DATAPATH_FAILED', message, { ...details, reason: code });
}

function endedError(cause?: unknown): PeerError {
  return new PeerError('DATAPATH_FAILED', 'A datapath thread ended unasked.', {}, { cause });
}
