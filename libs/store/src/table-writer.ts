import type { Extent, SwarmId } from '@weir/ppspp';
import { sameContent, wellFormedBlock, wellFormedExtent, wellFormedRecord } from './admission';
import { mustBeCapacity } from './capacity';
import { type Changes, noChanges, resultOf } from './changes';
import { DiskRoom } from './disk-room';
import { Drawer } from './drawer';
import { StoreError } from './errors';
import { failureOf, usageOf } from './writer-report';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import { Keeper, type PolicySegment, judgementDefaults } from './keeper';
import { holdsExtent } from './ledger';
import { pinnedShareMax, segmentsPerTransactionMax } from './limits';
import type { RuleChange } from './rules/rule';
import { PolicyRules } from './rules/policy-rules';
import { RuleBook } from './rules/rule-book';
import { bytesWritten, inTheEnd, partsOf } from './parts';
import { segmentFootprint, usualChunkSize } from './segments';
import { Shelf } from './shelf';
import type { WriterLimits } from './writer-limits';
import {
  type Batch,
  type CommitResult,
  type Erasure,
  type ExtentRef,
  type RefusalReason,
  type SlabContents,
  type SlabMoves,
  type StoreUsage,
  type StoreWriter,
  type SwarmWrite,
} from './store';
import type { Tables } from './tables';

/** The writer over any tables: decides what is taken, and answers for it. */
export class TableWriter implements StoreWriter {
  readonly records: StoreWriter['records'];
  private readonly drawer: Drawer;
  private readonly shelf: Shelf;
  private readonly keeper: Keeper;
  /** What operators laid down: read before anything is taken. */
  private readonly book: RuleBook;
  private readonly policyRules: PolicyRules;
  private readonly room: DiskRoom;
  /** The last transaction may have freed pages, which nobody may use before the next. */
  private hasFreed = false;
  private open = true;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly tables: Tables,
    private readonly limits: WriterLimits,
  ) {
    const { capacityBytes, disk: look, ballast, probationBytes = 0, judgement } = limits;
    mustBeCapacity(capacityBytes);
    this.book = new RuleBook(tables.rules());
    this.room = new DiskRoom({ capacityBytes, look, tables, ballast });
    // A disk that has room for a part of the capacity has as much less beside it in memory.
    this.drawer = new Drawer(Math.floor((probationBytes * this.room.usableBytes) / capacityBytes));
    this.shelf = new Shelf(tables, this.drawer);
    this.records = this.shelf.records;
    this.keeper = new Keeper(this.shelf, this.room, {
      ...{ ...judgementDefaults, ...judgement, capacityBytes },
      memoryCapacityBytes: this.drawer.usableBytes,
      onUse: limits.onUse,
    });
    this.policyRules = new PolicyRules(this.keeper.policy, (swarmId) => this.shelf.ledger.keyOf(swarmId));
    this.policyRules.begin(this.book, pinnedShareMax * capacityBytes);
    this.shrink(this.keeper.begin(tables.policy()));
  }

  commit(batches: readonly Batch[], now: number): CommitResult[] {
    const parts = partsOf(batches, this.room.transactionBytesMax);
    const results = parts.flatMap((part) => this.commitPart(part, now));
    return results.map((result, at) => inTheEnd(result, batches[at], (ref) => this.holds(ref)));
  }

  private commitPart(batches: readonly Batch[], now: number): CommitResult[] {
    const bytes = bytesWritten(batches);
    this.room.begin(bytes);
    return this.atomically(() => {
      if (bytes > 0) this.limit(bytes, now);
      const results = batches.map((batch) => this.apply(batch, now));
      this.shelf.keepRecords();
      return results;
    });
  }

  sweep(): boolean {
    if (this.shelf.hasLeftovers) this.atomically(() => this.shelf.sweep());
    return this.shelf.hasLeftovers;
  }

  tend(): boolean {
    const lacking = this.room.tend();
    const before = this.heldBytes;
    const isTooMuch = before > this.room.usableBytes || this.shelf.hasLeftovers;
    // A disk that is full has no room for transactions that free nothing.
    const isUseful = isTooMuch || (this.hasFreed && this.room.hasUpkeep);
    if (lacking === 0 || !isUseful || !this.open) return false;
    if (isTooMuch) this.makeWay();
    // What one transaction frees is free once the next is on disk.
    this.atomically(() => this.tables.setNextSwarm(this.tables.nextSwarm()));
    this.hasFreed = false;
    return this.room.tend() > 0 && this.heldBytes < before;
  }

  usage(): StoreUsage {
    const { capacityBytes } = this.limits;
    const { usableBytes } = this.room;
    return { ...usageOf(this.shelf.ledger, this.keeper), capacityBytes, usableBytes };
  }

  slab(): SlabContents {
    return { memory: this.drawer.slab.memory, held: [...this.shelf.held()] };
  }

  moves(): SlabMoves & Pick<CommitResult, 'evicted'> {
    return { ...this.drawer.moves(), evicted: this.keeper.drain() };
  }

  remember(): void {
    const state = this.keeper.policy.save();
    this.room.begin(state.length);
    if (!this.room.mayWrite(state.length)) return;
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
    const segments = [...this.keeper.policy.spillable()];
    while (segments.length > 0) {
      this.room.begin(segmentsPerTransactionMax * segmentFootprint(usualChunkSize));
      this.atomically(() => {
        for (const [key, segment] of segments.splice(0, segmentsPerTransactionMax)) this.keeper.persist(key, segment);
        this.shelf.keepRecords();
      });
    }
    this.remember();
  }

  private apply({ rules = [], erase, touched, writes }: Batch, now: number): CommitResult {
    const changes = noChanges();
    for (const change of rules) this.rule(change);
    for (const erasure of erase) this.erase(erasure, changes);
    for (const use of touched) this.keeper.used(use, now);
    for (const write of writes) this.write(write, changes, now);
    changes.evicted.push(...this.keeper.drain());
    return resultOf(changes, this.shelf.ledger.storedBytes);
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
    if (index === undefined) this.eraseWhole(swarmId, changes);
    else if (swarm !== undefined && holdsExtent(swarm, index)) {
      this.keeper.erase(swarm, index);
      changes.erased.push({ swarmId, index });
    }
  }

  private eraseWhole(swarmId: SwarmId, changes: Changes): void {
    const swarm = this.shelf.swarm(swarmId);
    if (swarm !== undefined) {
      this.keeper.retire(swarm);
      changes.erased.push({ swarmId });
    }
    if (!this.book.isBlocked(swarmId)) return;
    for (const number of this.shelf.ledger.hasten(swarmId)) changes.left.push({ swarmId, number });
  }

  private write(write: SwarmWrite, changes: Changes, now: number): void {
    const { swarmId } = write.record.metadata;
    const refused = this.refusalOf(write);
    const written: ExtentRef[] = [];
    for (const extent of write.extents) {
      const ref = { swarmId, index: extent.index };
      if (this.holds(ref)) continue;
      const reason = refused ?? this.insert(write, extent, now);
      if (reason === undefined) written.push(ref);
      else changes.refused.push({ ...ref, reason });
    }
    if (refused !== undefined || this.renew(write)) changes.written.push(...written);
    else this.takeBack(written, changes);
  }

  /** What nothing on disk proves is not kept. */
  private takeBack(written: readonly ExtentRef[], changes: Changes): void {
    for (const ref of written) {
      const swarm = this.shelf.swarm(ref.swarmId);
      if (swarm !== undefined && holdsExtent(swarm, ref.index)) this.keeper.erase(swarm, ref.index);
      changes.refused.push({ ...ref, reason: 'full' });
    }
  }

  /** Why nothing of the write can be taken. */
  private refusalOf({ record, blocks }: SwarmWrite): RefusalReason | undefined {
    const wellFormed = wellFormedRecord(record) && blocks.every((block) => wellFormedBlock(record, block));
    if (!wellFormed) return 'malformed';
    if (this.book.isBlocked(record.metadata.swarmId)) return 'blocked';
    const held = this.shelf.swarm(record.metadata.swarmId);
    return held === undefined || sameContent(held.record, record) ? undefined : 'conflict';
  }

  /** What nothing would prove is not taken: there has to be room for the hashes above it, too. */
  private insert({ record, blocks }: SwarmWrite, extent: Extent, now: number): RefusalReason | undefined {
    if (!wellFormedExtent(record, extent)) return 'malformed';
    const bytes = extentFootprint(record, extent.index);
    if (bytes + recordFootprint > this.limits.capacityBytes) return 'too-large';
    if (!this.room.mayWrite(bytes + blocks.length * blockFootprint(record.metadata.hash))) return 'full';
    this.room.wrote(bytes);
    return this.keeper.insert(record, extent, now);
  }

  /** False if the swarm is there, and there was no room for all of the hashes above its extents. */
  private renew({ record, blocks }: SwarmWrite): boolean {
    const { swarmId } = record.metadata;
    const bytes = blockFootprint(record.metadata.hash);
    for (const block of blocks) {
      if (!this.room.mayWrite(bytes)) break;
      this.room.wrote(bytes);
      this.keeper.putBlock(swarmId, block);
    }
    const swarm = this.shelf.swarm(swarmId);
    if (swarm === undefined) return true;
    this.shelf.renew(swarm, record);
    return blocks.every((block) => this.shelf.blockBytes(swarm, block) === 0);
  }

  /** How much may be held in this commit: the capacity, or less on a disk that has no more room, or in a file that must not grow. */
  private limit(bytes: number, now: number): void {
    const held = { heldBytes: this.heldBytes, storedBytes: this.shelf.ledger.storedBytes };
    this.keeper.limitTo(this.room.limitFor(bytes, held, now));
  }

  private get heldBytes(): number {
    const { storedBytes, memoryBytes } = this.shelf.ledger;
    return storedBytes + memoryBytes;
  }

  /** Evicts some of what the disk has no room for. */
  private makeWay(): void {
    this.room.begin(0);
    this.atomically(() => {
      this.shelf.sweep();
      this.keeper.shrinkTo(this.room.nextLimit(this.heldBytes));
      this.shelf.keepRecords();
    });
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
    if (!this.open) throw new StoreError('STORE_CLOSED', 'The store was closed, or failed before. Open it again.');
    try {
      const result = this.tables.atomically(work);
      this.drawer.settle();
      this.hasFreed = true;
      return result;
    } catch (cause) {
      this.open = false;
      throw failureOf(cause);
    }
  }
}
