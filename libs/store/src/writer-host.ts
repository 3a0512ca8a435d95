import { performance } from 'node:perf_hooks';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { TraceRecorder } from './recording/trace-recorder';
import type { CommitResult, RefusalReason, StoreTotals, StoreWriter } from './store';
import { SwarmTeller } from './swarm-teller';
import type {
  ClientReply,
  ClientRequest,
  CommitRequest,
  ControlReply,
  ControlRequest,
  StoreNotice,
} from './writer-messages';

interface Pending {
  readonly client: MessagePort;
  readonly request: CommitRequest;
}

/** How often what the policy remembers is written down. */
const rememberMillis = 600_000;

/** How often the disk is looked at: others write to it, too. */
const tendMillis = 1_000;

/** Commits after which leftovers are swept once though more wait: a busy store must get rid of what was erased, too. */
const commitsPerSweep = 2;

/** What a writer's host stands on, beside the writer. */
export interface WriterSurroundings {
  readonly unixSeconds?: () => number;
  /** Asked how a recording goes. */
  readonly recorder?: Pick<TraceRecorder, 'drain'> | undefined;
}

const unixSecondsNow = (): number => Math.floor(Date.now() / 1000);

/**
 * Serves a writer to clients over message ports, one transaction for all requests that have arrived. Each client has one
 * request at a time under way, and so bounds the queue.
 */
export class WriterHost {
  private readonly clients = new Set<MessagePort>();
  private readonly queue: Pending[] = [];
  private readonly teller: SwarmTeller;
  private scheduled = false;
  private unswept = 0;
  /** The disk is to be looked at. */
  private tending = true;
  /** As of the last report. */
  private reported = noTotals;
  private settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;

  constructor(
    private readonly writer: StoreWriter,
    private readonly control: MessagePort,
    private readonly surroundings: WriterSurroundings = {},
  ) {
    this.teller = new SwarmTeller(writer.records);
  }

  /** Serves until told to stop, and closes the writer; rejects when it fails. The clients' ports are closed either way. */
  async run(): Promise<void> {
    const end = new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.tell({ type: 'ready', usage: this.writer.usage() });
    this.beginWithWhoWaits();
    this.control.on('message', (request: ControlRequest) => {
      this.hear(request);
    });
    const remembering = setInterval(() => {
      this.remember();
    }, rememberMillis);
    const tending = setInterval(() => {
      this.tending = true;
      this.schedule();
    }, tendMillis);
    try {
      await end;
    } finally {
      clearInterval(remembering);
      clearInterval(tending);
      for (const client of this.clients) client.close();
      await this.writer.close();
    }
  }

  /** Who connected while the account was made may have seen what had to leave meanwhile: it is told. */
  private beginWithWhoWaits(): void {
    let next: { message: ControlRequest } | undefined = receiveMessageOnPort(this.control);
    while (next !== undefined) {
      this.hear(next.message);
      next = receiveMessageOnPort(this.control);
    }
    this.publish([]);
  }

  /** What the policy remembers is worth little less when it is ten minutes old, and a crash costs no more than that. */
  private remember(): void {
    try {
      this.writer.remember();
    } catch (error) {
      this.settle?.reject(error);
    }
  }

  private hear(request: ControlRequest): void {
    if (request.type === 'connect') this.connect(request.port);
    else this.stop();
  }

  private connect(client: MessagePort): void {
    this.clients.add(client);
    this.reply(client, { type: 'slab', contents: this.writer.slab() });
    client.on('message', (request: ClientRequest) => {
      this.take(client, request);
      this.schedule();
    });
    client.on('close', () => {
      this.clients.delete(client);
      this.teller.end(client);
    });
  }

  private take(client: MessagePort, request: ClientRequest): void {
    if ('follow' in request) this.teller.begin(client);
    else this.queue.push({ client, request });
  }

  private stop(): void {
    for (const client of this.clients) {
      let next: { message: ClientRequest } | undefined = receiveMessageOnPort(client);
      while (next !== undefined) {
        this.take(client, next.message);
        next = receiveMessageOnPort(client);
      }
    }
    this.work();
    this.settle?.resolve();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.work();
    });
  }

  /** What waits is committed; when nothing does, and now and then in between, leftovers are swept. */
  private work(): void {
    try {
      if (this.queue.length > 0) {
        this.commit(this.queue.splice(0));
        this.schedule();
        if (++this.unswept < commitsPerSweep) return;
      }
      this.tidy();
    } catch (error) {
      this.settle?.reject(error);
    }
  }

  /** Sweeps leftovers, and looks after the disk. What changes is told: nobody commits anything that would tell it. */
  private tidy(): void {
    this.unswept = 0;
    const before = this.writer.usage();
    const isSwept = !this.writer.sweep();
    const wasTending = this.tending;
    if (wasTending) this.tending = this.writer.tend();
    if (!isSwept || this.tending) this.schedule();
    if (wasTending) this.publish([]);
    const usage = this.writer.usage();
    const isChanged = usage.storedBytes !== before.storedBytes || usage.usableBytes !== before.usableBytes;
    if (isChanged) this.tell({ type: 'swept', usage });
  }

  private commit(pending: readonly Pending[]): void {
    const started = performance.now();
    const results = this.writer.commit(
      pending.flatMap(({ request }) => request.batches),
      (this.surroundings.unixSeconds ?? unixSecondsNow)(),
    );
    const seconds = (performance.now() - started) / 1000;
    this.publish(results);
    let next = 0;
    for (const { client, request } of pending) {
      this.reply(client, { type: 'results', results: results.slice(next, next + request.batches.length) });
      next += request.batches.length;
    }
    this.report(results, seconds);
  }

  private publish(results: readonly CommitResult[]): void {
    this.teller.tellChanges();
    const { evicted, ...moves } = this.writer.moves();
    const notice: StoreNotice = {
      written: results.flatMap(({ written }) => written),
      evicted: [...evicted, ...results.flatMap((result) => result.evicted)],
      erased: results.flatMap(({ erased }) => erased),
      ...moves,
    };
    if (Object.values(notice).every(({ length }) => length === 0)) return;
    for (const client of this.clients) this.reply(client, { type: 'notice', notice });
  }

  private report(results: readonly CommitResult[], seconds: number): void {
    const refused = noRefusals();
    let written = 0;
    let evicted = 0;
    for (const result of results) {
      written += result.written.length;
      evicted += result.evicted.length;
      for (const { reason } of result.refused) refused[reason]++;
    }
    const usage = this.writer.usage();
    const totals = difference(usage.totals, this.reported);
    this.reported = usage.totals;
    const recording = this.surroundings.recorder?.drain();
    this.tell({ type: 'transaction', report: { usage, seconds, written, evicted, refused, totals, recording } });
  }

  private reply(client: MessagePort, reply: ClientReply): void {
    client.postMessage(reply);
  }

  private tell(reply: ControlReply): void {
    this.control.postMessage(reply);
  }
}

function noRefusals(): Record<RefusalReason, number> {
  return { full: 0, 'too-large': 0, conflict: 0, malformed: 0, blocked: 0, policy: 0 };
}

const noTotals: StoreTotals = { persistedExtents: 0, heldUses: 0, missedUses: 0 };

function difference(now: StoreTotals, before: StoreTotals): StoreTotals {
  return {
    persistedExtents: now.persistedExtents - before.persistedExtents,
    heldUses: now.heldUses - before.heldUses,
    missedUses: now.missedUses - before.missedUses,
  };
}
