import type { Extent, HashBlock, SwarmId, SwarmRecord } from '@weir/ppspp';
import type { RuleChange } from './rules/rule';

/** What is known of one swarm in the store. Times are Unix seconds; `lastUse` is kept to within ten minutes. */
export interface SwarmSummary {
  readonly record: SwarmRecord;
  readonly extentsHeld: number;
  /** Bytes on disk by our account: whole pages. */
  readonly storedBytes: number;
  readonly firstUse: number;
  readonly lastUse: number;
}

/** A swarm as a reader found it. */
export interface OpenedSwarm {
  readonly record: SwarmRecord;
  /** Indexes of the extents held, ascending. */
  readonly extents: readonly number[];
  readonly blocks: readonly HashBlock[];
}

/**
 * Reads what writers wrote, from any thread. Every answer is of a committed state, at least as new as the call.
 *
 * An extent that `open` named may be gone when it is read: then `read` answers undefined, and that is no fault. A value
 * that breaks the format is a StoreError, STORE_CORRUPT; every call after `close` is one too, STORE_CLOSED.
 */
export interface StoreReader {
  /** Every swarm with an extent, in no order. Blocks for about 20 us a swarm: not for a datagram's way. */
  swarms(): SwarmSummary[];

  /** Every rule that operators laid down. Blocks as `swarms` does. */
  rules(): RuleChange[];

  /**
   * Numbers of erased swarms of which something is left on disk until it is swept. Asked after an erasure, all that it left is
   * among them. Read in slices, one look for each swarm.
   */
  leftovers(): Promise<number[]>;

  /** Those of such numbers of which something is still there. */
  stillThere(numbers: readonly number[]): number[];

  /** Whether a swarm has an extent. */
  holds(swarmId: SwarmId): boolean;

  /** Read in slices, so that a swarm of any size never holds the event loop. */
  open(swarmId: SwarmId): Promise<OpenedSwarm | undefined>;

  /** The bytes are the caller's to keep. A cold page is faulted in on another thread first. */
  read(swarmId: SwarmId, index: number): Promise<Extent | undefined>;

  close(): Promise<void>;
}

/** One extent of one swarm. */
export interface ExtentRef {
  readonly swarmId: SwarmId;
  readonly index: number;
}

/** Verified content of one swarm. Without extents it renews record and blocks of a swarm held, and else does nothing. */
export interface SwarmWrite {
  readonly record: SwarmRecord;
  readonly extents: readonly Extent[];
  /** Each replaces the block of the same tier and index. */
  readonly blocks: readonly HashBlock[];
}

/** An extent to remove, or without an index the whole swarm. */
export interface Erasure {
  readonly swarmId: SwarmId;
  readonly index?: number;
}

/** Somebody asked for an extent, whether or not it is held. */
export interface Use extends ExtentRef {
  /** Who asked, as a number of 32 bits that says nothing else of them; 0, or left out, if that is not known. */
  readonly by?: number;
}

/** What one commit does, in this order: rules, erase, touch, write. */
export interface Batch {
  /** What an operator lays down: it holds for the rest of the batch, and for all that follow. */
  readonly rules?: readonly RuleChange[];
  readonly erase: readonly Erasure[];
  /** What was asked for, held or not: what is to be kept is judged by it. */
  readonly touched: readonly Use[];
  readonly writes: readonly SwarmWrite[];
}

/**
 * Why an extent was not written: `full`, the disk is below its reserve; `too-large`, it exceeds the whole capacity;
 * `conflict`, the swarm is held with other metadata or another chunk count; `malformed`, lengths or numbers that no
 * extent of such a swarm can have; `blocked`, an operator blocked the swarm.
 */
export type RefusalReason = 'full' | 'too-large' | 'conflict' | 'malformed' | 'blocked';

/** An extent that was not written. */
export interface Refusal extends ExtentRef {
  readonly reason: RefusalReason;
}

/**
 * What one batch did. An extent of the batch that is neither in `refused` nor in `evicted` is held and on disk;
 * `written` leaves out those that were held before.
 */
export interface CommitResult {
  readonly written: readonly ExtentRef[];
  readonly evicted: readonly ExtentRef[];
  /** Only what was there. */
  readonly erased: readonly Erasure[];
  readonly refused: readonly Refusal[];
  readonly storedBytes: number;
}

/** How full a store is. `storedBytes` counts leftovers of erased swarms until they are swept. */
export interface StoreUsage {
  readonly storedBytes: number;
  readonly capacityBytes: number;
  readonly swarms: number;
  readonly extents: number;
}

/** The one writer of a store. */
export interface StoreWriter {
  /**
   * Applies the batches in order in one durable transaction and answers each; evicts the least recently used extents
   * to make room, before it inserts. `now` is Unix seconds.
   *
   * Throws a StoreError when the database fails; the writer is then closed to everything but `close`.
   */
  commit(batches: readonly Batch[], now: number): CommitResult[];

  /** Removes some leftovers of erased swarms in a short transaction; true when there are more. */
  sweep(): boolean;

  usage(): StoreUsage;

  close(): Promise<void>;
}

/** A batch that does nothing, to be spread into one that does something. */
export const emptyBatch: Batch = Object.freeze({ erase: [], touched: [], writes: [] });
