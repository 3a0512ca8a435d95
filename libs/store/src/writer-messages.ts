import type { MessagePort } from 'node:worker_threads';
import type { SwarmId } from '@weir/ppspp';
import type { LastEnd } from './boot-mark';
import type { StoreErrorCode } from './errors';
import type { Finding } from './integrity/finding';
import type { StoreInspection } from './integrity/inspect-store';
import type { LmdbStoreOptions } from './lmdb-store';
import type { RecordingCounts } from './recording/trace-recorder';
import type {
  Batch,
  CommitResult,
  Erasure,
  ExtentRef,
  RefusalReason,
  SlabContents,
  SlabMoves,
  StoreTotals,
  StoreUsage,
  SwarmSummary,
} from './store';

/** What the writer's worker is started with. */
export interface WriterTask {
  readonly options: LmdbStoreOptions;
  readonly control: MessagePort;
}

/** From the control side to the writer. `stop` commits what has arrived, then ends the task. */
export type ControlRequest = { readonly type: 'connect'; readonly port: MessagePort } | { readonly type: 'stop' };

/** From the writer to the control side: `opened`, then `ready`, then the rest; or `failed` instead of any of them. */
export type ControlReply =
  | { readonly type: 'opened'; readonly lastEnd: LastEnd; readonly inspection: StoreInspection }
  | { readonly type: 'ready'; readonly usage: StoreUsage }
  | {
      readonly type: 'failed';
      readonly code: StoreErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number>>;
    }
  | { readonly type: 'swept'; readonly usage: StoreUsage }
  | { readonly type: 'found'; readonly findings: readonly Finding[] }
  | { readonly type: 'transaction'; readonly report: TransactionReport };

/** One transaction of the writer, for the metrics. */
export interface TransactionReport {
  readonly usage: StoreUsage;
  readonly seconds: number;
  readonly written: number;
  readonly evicted: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Since the last report. */
  readonly totals: StoreTotals;
  /** Since the report before; undefined if nothing is recorded. */
  readonly recording?: RecordingCounts | undefined;
}

/** From a client to the writer: applied in one transaction. A client sends the next after the reply to the last. */
export interface CommitRequest {
  readonly batches: readonly Batch[];
}

/** From a client to the writer, once: it wants to hear which swarms have a record. */
export interface FollowRequest {
  readonly follow: true;
}

/** What clients send. */
export type ClientRequest = CommitRequest | FollowRequest;

/**
 * Which swarms have a record, and which have none any more. From `begin` to `end` all of them are told, and changes in between; later
 * changes have no stage. Comes before the answers to the commits that made them.
 */
export interface SwarmNews {
  readonly stage?: 'begin' | 'end';
  readonly kept: readonly SwarmSummary[];
  readonly gone: readonly SwarmId[];
}

/**
 * From the writer to a client: at first what is in the slab, then the results of its last request, or what a transaction of
 * anybody's changed; to who follows, the records.
 */
export type ClientReply =
  | { readonly type: 'slab'; readonly contents: SlabContents }
  | { readonly type: 'swarms'; readonly news: SwarmNews }
  | { readonly type: 'results'; readonly results: readonly CommitResult[] }
  | { readonly type: 'notice'; readonly notice: StoreNotice };

/** What a transaction changed. Every client has it, before the answers to that transaction's commits. */
export interface StoreNotice extends SlabMoves {
  readonly written: readonly ExtentRef[];
  readonly evicted: readonly ExtentRef[];
  readonly erased: readonly Erasure[];
}

/** A notice of nothing, to be spread into one of something. */
export const emptyNotice: StoreNotice = Object.freeze({ written: [], evicted: [], erased: [], released: [], held: [] });
