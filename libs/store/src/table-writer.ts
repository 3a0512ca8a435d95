import type { Extent, SwarmRecord } from '@weir/ppspp';
import { sameContent, wellFormedBlock, wellFormedExtent, wellFormedRecord } from './admission';
import { mustBeCapacity } from './capacity';
import { type DiskSpace, diskAllows } from './disk';
import { Drawer } from './drawer';
import { StoreError } from './errors';
import { extentFootprint, recordFootprint } from './footprint';
import { type Judgement, Keeper, type PolicySegment, type SegmentUse, judgementDefaults } from './keeper';
import { holdsExtent } from './ledger';
import { FileBound } from './file-bound';
import { segmentsPerTransactionMax } from './limits';
import type { RuleChange } from './rules/rule';
import { PolicyRules } from './rules/policy-rules';
import { RuleBook } from './rules/rule-book';
import { bytesWritten, partsOf } from './parts';
import { Shelf } from './shelf';
import {
  type Batch,
  type CommitResult,
  type Erasure,
  type ExtentRef,
  type Refusal,
  type RefusalReason,
  type SlabContents,
  type SlabMoves,
  type StoreUsage,
  type StoreWriter,
  type SwarmWrite,
  emptyBatch,
} from './store';
import type { Tables } from './tables';

/** What a writer must keep to. */
export interface WriterLimits {
  /** Bytes held by our account, on disk and in memory, never exceeded. */
  readonly capacityBytes: number;
  /** Asked once a commit that writes. */
  readonly disk: () => DiskSpace;
  /** Bytes of memory for what has yet to prove that it is wanted, once the store is all but full; none, if left out. */
  readonly probationBytes?: number | undefined;
  /** How it is judged what to keep; by the defaults, where left out. */
  readonly judgement?: Partial<Judgement> | undefined;
  /** Hears of each use, within the commit that tells of it. */
  readonly onUse?: ((use: SegmentUse) => void) | undefined;
}

interface Changes {
  readonly written: ExtentRef[];
  readonly evicted: ExtentRef[];
  readonly erased: Erasure[];
  readonly refused: Refusal[];
}

/** The writer over any tables: decides what is taken, and answers for it. */
export class TableWriter implements StoreWriter {
  readonly records: StoreWriter['records'];
  private readonly drawer: Drawer;
  private readonly shelf: Shelf;
  private readonly keeper: Keeper;
  /** What operators laid down: read before anything is taken. */
  private readonly book: RuleBook;
  private readonly policyRules: PolicyRules;
  /** What the disk allows in this commit; undefined until somebody wants to know. */
  private allowed: ReturnType<typeof diskAllows> | undefined;
  /** The most that was ever stored in this run: so large the file is, whatever was removed since. */
  private highWaterBytes: number;
  private readonly fileBound: FileBound;
  private open = true;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly tables: Tables,
    private readonly limits: WriterLimits,
  ) {
    const { capacityBytes, probationBytes = 0, judgement } = limits;
    mustBeCapacity(capacityBytes);
    this.fileBound = new FileBound(capacityBytes);
    this.book = new RuleBook(tables.rules());
    this.drawer = new Drawer(probationBytes);
    this.shelf = new Shelf(tables, this.drawer);
    this.records = this.shelf.records;
    this.highWaterBytes = this.shelf.ledger.storedBytes;
    this.keeper = new Keeper(this.shelf, () => this.diskAllows() !== 'nothing', {
      ...{ ...judgementDefaults, ...judgement, capacityBytes },
      memoryCapacityBytes: this.drawer.usableBytes,
      onUse: limits.onUse,
    });
    this.policyRules = new PolicyRules(this.keeper.policy, (swarmId) => this.shelf.ledger.keyOf(swarmId));
    this.policyRules.begin(this.book);
    this.shrink(this.keeper.begin(tables.policy()));
  }

  commit(batches: readonly Batch[], now: number): CommitResult[] {
    const parts = partsOf(batches, this.fileBound.transactionBytesMax);
    const results = parts.flatMap((part) => this.commitPart(part, now));
    return results.map((result, at) => this.inTheEnd(result, batches[at]));
  }

  private commitPart(batches: readonly Batch[], now: number): CommitResult[] {
    return this.atomically(() => {
      this.allowed = undefined;
      this.limit(batches, now);
      const results = batches.map((batch) => this.apply(batch, now));
      this.shelf.keepRecords();
      this.highWaterBytes = Math.max(this.highWaterBytes, this.shelf.ledger.storedBytes);
      return results;
    });
  }

  sweep(): boolean {
    if (this.shelf.hasLeftovers) this.atomically(() => this.shelf.sweep());
    return this.shelf.hasLeftovers;
  }

  usage(): StoreUsage {
    const { storedBytes, memoryBytes, diskExtents, memoryExtents, swarmCount: swarms } = this.shelf.ledger;
    const { segments, ghosts, probationShare, pinnedBytes, stateBytes } = this.keeper.policy;
    return {
      ...{ storedBytes, memoryBytes, capacityBytes: this.limits.capacityBytes },
      ...{ swarms, extents: diskExtents + memoryExtents, memoryExtents },
      policy: { segments, ghosts, probationShare, pinnedBytes, stateBytes },
      totals: this.keeper.totals,
    };
  }

  slab(): SlabContents {
    return { memory: this.drawer.slab.memory, held: [...this.shelf.held()] };
  }

  moves(): SlabMoves & Pick<CommitResult, 'evicted'> {
    return { ...this.drawer.moves(), evicted: this.keeper.drain() };
  }

  remember(): void {
    this.allowed = undefined;
    if (this.diskAllows() === 'nothing') return;
    const state = this.keeper.policy.save();
    this.atomically(() => this.tables.keepPolicy(state));
  }

  async close(): Promise<void> {
    this.closing ??= this.end();
    await this.closing;
  }

  private async end(): Promise<void> {
    try {
      if (this.open) this.putAway();
    } finally {
      this.open = false;
      await this.tables.close();
    }
  }

  /** What is in memory alone goes to disk, and what the policy remembers. A disk that has no room for it has none for this either. */
  private putAway(): void {
    this.allowed = undefined;
    if (this.diskAllows() === 'nothing') return;
    const segments = [...this.keeper.policy.spillable()];
    while (segments.length > 0) {
      this.atomically(() => {
        for (const [key, segment] of segments.splice(0, segmentsPerTransactionMax)) this.keeper.persist(key, segment);
        this.shelf.keepRecords();
      });
    }
    this.remember();
  }

  private apply({ rules = [], erase, touched, writes }: Batch, now: number): CommitResult {
    const changes: Changes = { written: [], evicted: [], erased: [], refused: [] };
    for (const change of rules) this.rule(change);
    for (const erasure of erase) this.erase(erasure, changes);
    for (const use of touched) this.keeper.used(use, now);
    for (const write of writes) this.write(write, changes, now);
    changes.evicted.push(...this.keeper.drain());
    return { ...changes, storedBytes: this.shelf.ledger.storedBytes };
  }

  /** What came with one batch may have left with a later one, and what left may have come back: the answers tell how it ended. */
  private inTheEnd(result: CommitResult, { writes }: Batch = emptyBatch): CommitResult {
    const told = new Set(
      [...result.refused, ...result.evicted].map(({ swarmId, index }) => `${swarmId}/${String(index)}`),
    );
    const lost = writes.flatMap(({ record: { metadata }, extents }) =>
      extents
        .map(({ index }) => ({ swarmId: metadata.swarmId, index }))
        .filter((ref) => !this.holds(ref) && !told.has(`${ref.swarmId}/${String(ref.index)}`)),
    );
    return { ...result, evicted: [...result.evicted.filter((ref) => !this.holds(ref)), ...lost] };
  }

  private holds({ swarmId, index }: ExtentRef): boolean {
    const swarm = this.shelf.swarm(swarmId);
    return swarm !== undefined && holdsExtent(swarm, index);
  }

  private rule(change: RuleChange): void {
    this.tables.putRule(change);
    this.book.apply(change);
    this.policyRules.apply(change);
  }

  private erase({ swarmId, index }: Erasure, changes: Changes): void {
    const swarm = this.shelf.swarm(swarmId);
    if (swarm === undefined) return;
    if (index === undefined) {
      this.keeper.retire(swarm);
      changes.erased.push({ swarmId });
    } else if (holdsExtent(swarm, index)) {
      this.keeper.erase(swarm, index);
      changes.erased.push({ swarmId, index });
    }
  }

  private write(write: SwarmWrite, changes: Changes, now: number): void {
    const { swarmId } = write.record.metadata;
    const refused = this.refusalOf(write);
    for (const extent of write.extents) {
      const ref = { swarmId, index: extent.index };
      if (this.holds(ref)) continue;
      const reason = refused ?? this.insert(write.record, extent, now);
      if (reason === undefined) changes.written.push(ref);
      else changes.refused.push({ ...ref, reason });
    }
    if (refused === undefined) this.renew(write);
  }

  /** Why nothing of the write can be taken. */
  private refusalOf({ record, blocks }: SwarmWrite): RefusalReason | undefined {
    const wellFormed = wellFormedRecord(record) && blocks.every((block) => wellFormedBlock(record, block));
    if (!wellFormed) return 'malformed';
    if (this.book.isBlocked(record.metadata.swarmId)) return 'blocked';
    const held = this.shelf.swarm(record.metadata.swarmId);
    return held === undefined || sameContent(held.record, record) ? undefined : 'conflict';
  }

  private insert(record: SwarmRecord, extent: Extent, now: number): RefusalReason | undefined {
    if (!wellFormedExtent(record, extent)) return 'malformed';
    if (extentFootprint(record, extent.index) + recordFootprint > this.limits.capacityBytes) return 'too-large';
    return this.diskAllows() === 'nothing' ? 'full' : this.keeper.insert(record, extent, now);
  }

  private renew({ record, blocks }: SwarmWrite): void {
    const { swarmId } = record.metadata;
    if (this.diskAllows() !== 'nothing') for (const block of blocks) this.keeper.putBlock(swarmId, block);
    const swarm = this.shelf.swarm(swarmId);
    if (swarm !== undefined) this.shelf.renew(swarm, record);
  }

  /** How much may be held in this commit: the capacity, or less on a disk that has no more room, or in a file that must not grow. */
  private limit(batches: readonly Batch[], now: number): void {
    const bytes = bytesWritten(batches);
    const { capacityBytes } = this.limits;
    if (bytes === 0) return;
    const space = this.limits.disk();
    const inFile = this.fileBound.limitFor(space, bytes, now);
    this.allowed = inFile === 0 ? 'nothing' : diskAllows(space, bytes);
    const onDisk = this.allowed === 'turn' ? this.highWaterBytes : capacityBytes;
    // What is refused is no reason for what is held to leave.
    this.keeper.limitTo(inFile === 0 ? capacityBytes : Math.min(inFile, onDisk));
  }

  private diskAllows(): ReturnType<typeof diskAllows> {
    this.allowed ??= diskAllows(this.limits.disk(), 0);
    return this.allowed;
  }

  /** Evicts what a lowered capacity has no room for, a bounded number of segments at a time. */
  private shrink(overdue: readonly PolicySegment[]): void {
    const { ledger } = this.shelf;
    for (let from = 0; from < overdue.length; from += segmentsPerTransactionMax) {
      this.atomically(() => {
        const next = overdue.slice(from, from + segmentsPerTransactionMax);
        for (const [key, segment] of next) this.keeper.evicted(key, segment);
        this.shelf.keepRecords();
      });
    }
    while (ledger.storedBytes > this.limits.capacityBytes && this.sweep());
  }

  /** A transaction that failed leaves the account wrong: the store must be opened again. */
  private atomically<Result>(work: () => Result): Result {
    this.mustBeOpen();
    try {
      const result = this.tables.atomically(work);
      this.drawer.settle();
      return result;
    } catch (cause) {
      this.open = false;
      if (cause instanceof StoreError && cause.code === 'STORE_UNREADABLE') throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const remedy = `The database refused a transaction (${reason}). Check the disk and its free space.`;
      throw new StoreError('STORE_FAILED', remedy, {}, { cause });
    }
  }

  private mustBeOpen(): void {
    if (!this.open) throw new StoreError('STORE_CLOSED', 'The store was closed, or failed before. Open it again.');
  }
}
