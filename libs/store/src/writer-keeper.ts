import { setTimeout as pause } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { LastEnd } from './boot-mark';
import type { StoreInspection } from './integrity/inspect-store';
import { writerRestartMillisMax, writerRestartMillisMin } from './limits';
import type { RunningWriter } from './start-writer';
import type { StoreUsage } from './store';

/** Who has to do with a store that goes down and comes up again. */
export interface KeeperListener {
  /** The writer failed. Resolves when nothing of the store is open in this process, or when that cannot be waited for any longer. */
  onDown(failure: unknown): Promise<void>;
  /** It was tried again, in vain. */
  onStillDown(failure: unknown): void;
  /** The writer runs again, and accepts connections. */
  onUp(): void;
}

/** How time passes; of a test's own there. */
export interface KeeperClock {
  now(): number;
  pause(millis: number, signal: AbortSignal): Promise<unknown>;
}

const clock: KeeperClock = {
  now: () => performance.now(),
  pause: (millis, signal) => pause(millis, undefined, { signal, ref: false }),
};

/**
 * A store's writer that comes back: when it fails, everybody leaves the store, and it is started again, at once at first and then
 * more and more rarely, until it runs or is stopped. What fails at the very first start is the caller's to know.
 */
export class WriterKeeper implements RunningWriter {
  readonly accounted: Promise<void>;
  readonly ended: Promise<void>;
  readonly lastEnd: LastEnd;
  readonly inspection: StoreInspection;
  private over: () => void = () => undefined;
  private listener: KeeperListener = {
    onDown: () => Promise.resolve(),
    onStillDown: () => undefined,
    onUp: () => undefined,
  };
  private readonly stopping = new AbortController();
  private writer: RunningWriter | undefined;
  private lastUsage: StoreUsage;
  private tries = 0;
  private startedAt: number;
  private recovering: Promise<void> = Promise.resolve();

  private constructor(
    private readonly launch: () => Promise<RunningWriter>,
    first: RunningWriter,
    private readonly time: KeeperClock,
  ) {
    this.writer = first;
    this.accounted = first.accounted;
    this.accounted.catch(() => undefined);
    this.lastEnd = first.lastEnd;
    this.inspection = first.inspection;
    this.lastUsage = first.usage();
    this.startedAt = time.now();
    this.ended = new Promise((resolve) => (this.over = resolve));
  }

  /** Launches the writer for the first time. Rejects as `launch` does. */
  static async start(launch: () => Promise<RunningWriter>, time: KeeperClock = clock): Promise<WriterKeeper> {
    return new WriterKeeper(launch, await launch(), time);
  }

  /** Has the writer come back whenever it fails from now on. */
  keep(listener: KeeperListener): void {
    this.listener = listener;
    if (this.writer !== undefined) this.attend(this.writer);
  }

  get isDown(): boolean {
    return this.writer === undefined;
  }

  /** A port to the writer; while it is down one that is closed already. */
  connect(): MessagePort {
    const port = this.writer?.connect();
    if (port !== undefined) return port;
    const { port1, port2 } = new MessageChannel();
    port2.close();
    return port1;
  }

  /** As of the last transaction, also while the writer is down. */
  usage(): StoreUsage {
    this.lastUsage = this.writer?.usage() ?? this.lastUsage;
    return this.lastUsage;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.recovering;
    const { writer } = this;
    this.writer = undefined;
    await writer?.stop().catch(() => undefined);
    this.over();
  }

  /** Has everybody leave the store, and starts its writer anew, which looks to the file first. */
  renew(reason: unknown): void {
    const { writer } = this;
    if (writer === undefined || this.isStopping()) return;
    this.lastUsage = writer.usage();
    this.writer = undefined;
    const stopped = writer.stop().catch(() => undefined);
    this.recovering = stopped.then(() => this.recover(reason));
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private attend(writer: RunningWriter): void {
    writer.ended.catch((failure: unknown) => {
      if (this.isStopping() || this.writer !== writer) return;
      this.lastUsage = writer.usage();
      this.writer = undefined;
      this.recovering = this.recover(failure);
    });
  }

  private async recover(failure: unknown): Promise<void> {
    // One that ran for long failed for a reason of its own.
    if (this.time.now() - this.startedAt > writerRestartMillisMax) this.tries = 0;
    await this.listener.onDown(failure);
    while (!this.isStopping()) {
      const millis = Math.min(writerRestartMillisMax, writerRestartMillisMin * 2 ** this.tries++);
      await this.time.pause(millis, this.stopping.signal).catch(() => undefined);
      if (!this.isStopping() && (await this.tryAgain())) return;
    }
  }

  private async tryAgain(): Promise<boolean> {
    try {
      const writer = await this.launch();
      await writer.accounted;
      this.writer = writer;
      this.startedAt = this.time.now();
      if (!this.isStopping()) this.listener.onUp();
      this.attend(writer);
      return true;
    } catch (failure) {
      this.listener.onStillDown(failure);
      return false;
    }
  }
}
