import type { Extent, HashBlock, SwarmId, SwarmRecord } from '@weir/ppspp';
import type { SlabMemory } from './probation/arenas';
import type { SlabPlace } from './probation/probation-slab';
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
   * among them. One look for each swarm; blocks as `swarms` does.
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
  /** Bytes of the swarm's chunks: of a swarm that is not held, the segment follows from it. 1024, if left out. */
  readonly chunkSize?: number;
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
 * extent of such a swarm can have; `blocked`, an operator blocked the swarm; `policy`, there is no room that it may have.
 */
export type RefusalReason = 'full' | 'too-large' | 'conflict' | 'malformed' | 'blocked' | 'policy';

/** An extent that was not written. */
export interface Refusal extends ExtentRef {
  readonly reason: RefusalReason;
}

/** Something of an erased swarm that is still on disk, under the number that the swarm had. */
export interface Remainder {
  readonly swarmId: SwarmId;
  readonly number: number;
}

/**
 * What one batch did. An extent of the batch that is neither in `refused` nor in `evicted` is held, on disk or in the slab;
 * `written` leaves out those that were held before.
 */
export interface CommitResult {
  readonly written: readonly ExtentRef[];
  readonly evicted: readonly ExtentRef[];
  /** Only what was there. */
  readonly erased: readonly Erasure[];
  /**
   * What is left of the swarms that the batch erases and an operator blocked, by this batch or before: it is swept before all else, and
   * `StoreReader.stillThere` tells when it is gone. Left out if there is nothing.
   */
  readonly left?: readonly Remainder[];
  readonly refused: readonly Refusal[];
  readonly storedBytes: number;
}

/** An extent that is in memory alone, and where. */
export interface HeldExtent extends ExtentRef {
  readonly place: SlabPlace;
}

/** What a transaction changed in the slab. */
export interface SlabMoves {
  /** What left it: it is on disk now, or gone. Comes before `held`. */
  readonly released: readonly ExtentRef[];
  readonly held: readonly HeldExtent[];
}

/** What is kept in memory alone, and where. */
export interface SlabContents {
  readonly memory: SlabMemory;
  readonly held: readonly HeldExtent[];
}

/** How full a store is. */
export interface StoreUsage {
  /** Bytes on disk by our account; leftovers of erased swarms are counted until they are swept. */
  readonly storedBytes: number;
  /** Bytes that extents in memory alone would take on disk. With `storedBytes` never above the capacity. */
  readonly memoryBytes: number;
  readonly capacityBytes: number;
  /** What may be held as the disk is now: the capacity, or less. */
  readonly usableBytes: number;
  readonly swarms: number;
  /** Extents held, on disk and in memory. */
  readonly extents: number;
  /** Those in memory alone. */
  readonly memoryExtents: number;
  readonly policy: PolicyUsage;
  readonly totals: StoreTotals;
}

/** What happened since the store was opened. */
export interface StoreTotals {
  /** Extents written to disk after they were in memory alone. */
  readonly persistedExtents: number;
  /** Segments asked for that were held, once for each pass of a subscriber. */
  readonly heldUses: number;
  /** Those that were not held. */
  readonly missedUses: number;
}

/** What the policy makes of a store. */
export interface PolicyUsage {
  /** Segments held. */
  readonly segments: number;
  /** Segments that left and are remembered. */
  readonly ghosts: number;
  /** Share of the capacity for what has yet to prove itself. */
  readonly probationShare: number;
  /** Bytes of what is pinned. */
  readonly pinnedBytes: number;
  /** Bytes of memory that the policy takes. */
  readonly stateBytes: number;
}

/** The swarms with a record, as their writer knows them: what readers find, without a look at the disk. */
export interface SwarmRecords {
  all(): SwarmId[];

  /** Those whose record was written or removed since the last call. */
  drain(): readonly SwarmId[];

  /** Undefined for a swarm without a record. Not during a transaction. */
  summary(swarmId: SwarmId): SwarmSummary | undefined;
}

/** The one writer of a store. */
export interface StoreWriter {
  /**
   * Applies the batches in order in one durable transaction and answers each; evicts what the policy names to make room, before it
   * inserts. `now` is Unix seconds.
   *
   * Throws a StoreError when the database fails; the writer is then closed to everything but `close`.
   */
  commit(batches: readonly Batch[], now: number): CommitResult[];

  /** Removes some leftovers of erased swarms in a short transaction; true when there are more. */
  sweep(): boolean;

  /**
   * Sees to it that the disk keeps its free part, whoever writes to it: gives back what the file does not need, and evicts where that
   * does not do, in transactions that are short. True when there is more to be done at once. To be called now and then.
   */
  tend(): boolean;

  usage(): StoreUsage;

  /** What is kept in memory alone now; nothing is, in a store that was given no memory. */
  slab(): SlabContents;

  /** What changed in the slab since the last call, and what left that no commit's result tells of. */
  moves(): SlabMoves & Pick<CommitResult, 'evicted'>;

  /** The records that readers find. */
  readonly records: SwarmRecords;

  /** Writes down what the policy remembers, for the next start. */
  remember(): void;

  /** Writes what is in memory alone to disk, if that takes it, and what the policy remembers. */
  close(): Promise<void>;
}

/** A batch that does nothing, to be spread into one that does something. */
export const emptyBatch: Batch = Object.freeze({ erase: [], touched: [], writes: [] });

/** How full a store is with nothing in it. */
export function emptyUsage(capacityBytes: number): StoreUsage {
  return {
    ...{
      storedBytes: 0,
      memoryBytes: 0,
      capacityBytes,
      usableBytes: capacityBytes,
      swarms: 0,
      extents: 0,
      memoryExtents: 0,
    },
    policy: { segments: 0, ghosts: 0, probationShare: 0, pinnedBytes: 0, stateBytes: 0 },
    totals: { persistedExtents: 0, heldUses: 0, missedUses: 0 },
  };
}
