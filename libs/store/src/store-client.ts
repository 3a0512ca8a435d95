import type { MessagePort } from 'node:worker_threads';
import type { Extent, HashBlock, SwarmRecord } from '@weir/ppspp';
import { StoreError } from './errors';
import { queuedBytesMax, queuedCommitsMax, transactionBytesMax } from './limits';
import { SlabView } from './slab-view';
import type { Batch, CommitResult, SwarmWrite } from './store';
import type { SwarmIndex } from './swarm-index';
import {
  type ClientReply,
  type CommitRequest,
  type FollowRequest,
  type StoreNotice,
  emptyNotice,
} from './writer-messages';

interface Waiting {
  readonly batch: Batch;
  readonly bytes: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * A thread's way to the writer. What is committed while a request is under way goes into the next one, and so into one
 * transaction.
 */
export class StoreClient {
  /** What the writer keeps in memory alone. */
  readonly slab = new SlabView();
  private readonly waiting: Waiting[] = [];
  private underWay: readonly Waiting[] = [];
  private queuedBytes = 0;
  private scheduled = false;
  private open = true;
  private readonly answers = new Set<Promise<unknown>>();

  private closed = false;
  /** When what is under way was sent; undefined while nothing is. */
  private sentAt: number | undefined;

  constructor(
    private port: MessagePort,
    /** Hears of each transaction that changed the store, whoever asked for it. */
    private readonly onNotice: (notice: StoreNotice) => void = () => undefined,
    /** Kept in step with the records on disk. */
    private readonly index?: SwarmIndex,
  ) {
    this.attach(port);
  }

  /** Goes on with a writer that took the place of one that ended. */
  attach(port: MessagePort): void {
    if (this.closed) {
      port.close();
      return;
    }
    // That the last one is gone may be news that waits behind this: what was under way there gets no answer.
    if (port !== this.port) this.fail();
    this.port = port;
    this.open = true;
    port.on('message', (reply: ClientReply) => {
      if (port === this.port) this.hear(reply);
    });
    port.on('close', () => {
      if (port === this.port) this.fail();
    });
    const follow: FollowRequest = { follow: true };
    if (this.index !== undefined) port.postMessage(follow);
  }

  /** For how long the writer has been at what it was last given, in milliseconds; 0 when it has answered. */
  get millisUnderWay(): number {
    return this.sentAt === undefined ? 0 : performance.now() - this.sentAt;
  }

  /** True when no more fits: the next commit is refused with STORE_BUSY. */
  get saturated(): boolean {
    const commits = this.waiting.length + this.underWay.length;
    return this.queuedBytes >= queuedBytesMax || commits >= queuedCommitsMax;
  }

  /**
   * Resolves when the batch is on disk. Bytes in shared memory are not copied, and must not change until then.
   * Rejects with STORE_BUSY when saturated, with STORE_CLOSED when the writer ends first.
   */
  commit(batch: Batch): Promise<CommitResult> {
    if (!this.open) return Promise.reject(closedError());
    if (this.saturated) {
      return Promise.reject(new StoreError('STORE_BUSY', 'Commits wait for the disk. Try later, or write less.'));
    }
    const answer = new Promise<CommitResult>((resolve, reject) => {
      const shared = { ...batch, writes: batch.writes.map(sharedWrite) };
      const bytes = bytesOf(batch);
      this.queuedBytes += bytes;
      this.waiting.push({ batch: shared, bytes, resolve, reject });
    });
    this.schedule();
    return this.tracked(answer);
  }

  /** Waits for the answers to all commits, then leaves the writer. */
  async close(): Promise<void> {
    this.open = false;
    this.closed = true;
    await Promise.allSettled(this.answers);
    this.port.close();
  }

  private tracked(answer: Promise<CommitResult>): Promise<CommitResult> {
    this.answers.add(answer);
    const forget = (): boolean => this.answers.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  /** At the end of the turn, so that commits of one turn go together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.send();
    });
  }

  private send(): void {
    if (this.underWay.length > 0 || this.waiting.length === 0) return;
    let bytes = 0;
    let count = 0;
    for (const next of this.waiting) {
      if (count > 0 && bytes + next.bytes > transactionBytesMax) break;
      bytes += next.bytes;
      count++;
    }
    this.underWay = this.waiting.splice(0, count);
    const request: CommitRequest = { batches: this.underWay.map(({ batch }) => batch) };
    this.sentAt = performance.now();
    this.port.postMessage(request);
  }

  private hear(reply: ClientReply): void {
    if (reply.type === 'slab') return this.slab.begin(reply.contents);
    if (reply.type === 'swarms') return this.index?.apply(reply.news);
    if (reply.type === 'notice') {
      this.slab.apply(reply.notice);
      return this.onNotice(reply.notice);
    }
    const answered = this.underWay;
    this.underWay = [];
    this.sentAt = undefined;
    answered.forEach(({ bytes, resolve, reject }, at) => {
      this.queuedBytes -= bytes;
      const result = reply.results[at];
      if (result === undefined) reject(closedError());
      else resolve(result);
    });
    this.send();
  }

  /** What is in memory alone is lost with the writer. */
  private fail(): void {
    const evicted = this.slab.end();
    if (this.open && evicted.length > 0) this.onNotice({ ...emptyNotice, evicted });
    this.open = false;
    const lost = [...this.underWay, ...this.waiting.splice(0)];
    this.underWay = [];
    this.sentAt = undefined;
    this.queuedBytes = 0;
    for (const { reject } of lost) reject(closedError());
  }
}

function closedError(): StoreError {
  return new StoreError('STORE_CLOSED', 'The writer has ended, or this client was closed.');
}

function bytesOf({ writes }: Batch): number {
  let bytes = 0;
  for (const { extents, blocks } of writes) {
    for (const extent of extents) bytes += extent.bytes.length + extent.hashes.length;
    for (const block of blocks) bytes += block.hashes.length;
  }
  return bytes;
}

function sharedWrite({ record, extents, blocks }: SwarmWrite): SwarmWrite {
  return { record: compactRecord(record), extents: extents.map(sharedExtent), blocks: blocks.map(compactBlock) };
}

function sharedExtent({ index, bytes, hashes }: Extent): Extent {
  return { index, bytes: sharedBytes(bytes), hashes: sharedBytes(hashes) };
}

function compactRecord(record: SwarmRecord): SwarmRecord {
  return { ...record, peaks: record.peaks.map(compactBytes) };
}

function compactBlock(block: HashBlock): HashBlock {
  return { ...block, hashes: compactBytes(block.hashes) };
}

function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** A message takes the whole buffer under a view along: the view gets a buffer of its own. */
function compactBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
