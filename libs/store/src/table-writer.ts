import type { Extent } from '@weir/ppspp';
import { sameContent, wellFormedBlock, wellFormedExtent, wellFormedRecord } from './admission';
import { type DiskSpace, diskAllows } from './disk';
import { StoreError } from './errors';
import { extentFootprint, recordFootprint } from './footprint';
import { capacityBytesMin, sweptPerTransactionMax } from './limits';
import type { RuleChange } from './rules/rule';
import { RuleBook } from './rules/rule-book';
import { Shelf } from './shelf';
import type {
  Batch,
  CommitResult,
  Erasure,
  ExtentRef,
  Refusal,
  RefusalReason,
  StoreUsage,
  StoreWriter,
  SwarmWrite,
} from './store';
import type { Tables } from './tables';

/** What a writer must keep to. */
export interface WriterLimits {
  /** Bytes on disk by our account, never exceeded. */
  readonly capacityBytes: number;
  /** Asked once a commit that writes. */
  readonly disk: () => DiskSpace;
}

interface Changes {
  readonly written: ExtentRef[];
  readonly evicted: ExtentRef[];
  readonly erased: Erasure[];
  readonly refused: Refusal[];
}

/** The writer over any tables: decides what is taken, and answers for it. */
export class TableWriter implements StoreWriter {
  private readonly shelf: Shelf;
  /** What operators laid down: read before anything is taken. */
  private readonly book: RuleBook;
  /** What the store may fill in this commit: its capacity, or less on a disk that has no more room. */
  private limitBytes: number;
  /** The most that was ever stored in this run: so large the file is, whatever was removed since. */
  private highWaterBytes: number;
  private open = true;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly tables: Tables,
    private readonly limits: WriterLimits,
  ) {
    mustBeCapacity(limits.capacityBytes);
    this.limitBytes = limits.capacityBytes;
    this.book = new RuleBook(tables.rules());
    this.shelf = new Shelf(tables);
    this.highWaterBytes = this.shelf.storedBytes;
    this.shrinkToCapacity();
  }

  commit(batches: readonly Batch[], now: number): CommitResult[] {
    this.mustBeOpen();
    if (batches.every(touchesOnly)) return this.touchAll(batches, now);
    return this.atomically(() => {
      this.limitBytes = this.limitNow(batches);
      const results = batches.map((batch) => this.apply(batch, now));
      this.shelf.keepRecords();
      this.highWaterBytes = Math.max(this.highWaterBytes, this.shelf.storedBytes);
      return results;
    });
  }

  sweep(): boolean {
    if (this.shelf.hasLeftovers) this.atomically(() => this.shelf.sweep());
    return this.shelf.hasLeftovers;
  }

  usage(): StoreUsage {
    return { ...this.shelf.usage(), capacityBytes: this.limits.capacityBytes };
  }

  close(): Promise<void> {
    this.open = false;
    this.closing ??= this.tables.close();
    return this.closing;
  }

  /** Uses are kept in memory: most commits of them alone need no transaction. */
  private touchAll(batches: readonly Batch[], now: number): CommitResult[] {
    const results = batches.map((batch) => this.apply(batch, now));
    if (this.shelf.hasOutdated) this.atomically(() => this.shelf.keepRecords());
    return results;
  }

  private apply({ rules = [], erase, touched, writes }: Batch, now: number): CommitResult {
    const changes: Changes = { written: [], evicted: [], erased: [], refused: [] };
    for (const change of rules) this.rule(change);
    for (const erasure of erase) this.erase(erasure, changes);
    for (const ref of touched) this.shelf.touch(ref, now);
    for (const write of writes) this.write(write, changes, now);
    return { ...changes, storedBytes: this.shelf.storedBytes };
  }

  private rule(change: RuleChange): void {
    this.tables.putRule(change);
    this.book.apply(change);
  }

  private erase({ swarmId, index }: Erasure, changes: Changes): void {
    const swarm = this.shelf.swarm(swarmId);
    if (swarm === undefined) return;
    if (index === undefined) {
      this.shelf.retire(swarm);
      changes.erased.push({ swarmId });
    } else if (swarm.slots.has(index)) {
      this.shelf.drop(swarm, index);
      changes.erased.push({ swarmId, index });
    }
  }

  private write(write: SwarmWrite, changes: Changes, now: number): void {
    const { swarmId } = write.record.metadata;
    const refused = this.refusalOf(write);
    for (const extent of write.extents) {
      const ref = { swarmId, index: extent.index };
      if (this.shelf.swarm(swarmId)?.slots.has(extent.index) === true) {
        this.shelf.touch(ref, now);
        continue;
      }
      const reason = refused ?? this.makeRoom(write, extent, changes);
      if (reason === undefined) {
        this.shelf.insert(write.record, extent, now);
        changes.written.push(ref);
      } else changes.refused.push({ ...ref, reason });
    }
    if (refused === undefined) this.renew(write, changes);
  }

  /** Why nothing of the write can be taken. */
  private refusalOf({ record, blocks }: SwarmWrite): RefusalReason | undefined {
    const wellFormed = wellFormedRecord(record) && blocks.every((block) => wellFormedBlock(record, block));
    if (!wellFormed) return 'malformed';
    if (this.book.isBlocked(record.metadata.swarmId)) return 'blocked';
    const held = this.shelf.swarm(record.metadata.swarmId);
    return held === undefined || sameContent(held.record, record) ? undefined : 'conflict';
  }

  /** Makes room for one extent, or says why there is none. */
  private makeRoom({ record }: SwarmWrite, extent: Extent, changes: Changes): RefusalReason | undefined {
    if (!wellFormedExtent(record, extent)) return 'malformed';
    const bytes = extentFootprint(record, extent.index);
    if (bytes + recordFootprint > this.limits.capacityBytes) return 'too-large';
    // Making room may evict all of the swarm: then its record is written again, and needs room too.
    for (const withRecord of [false, true]) {
      if (withRecord && this.shelf.swarm(record.metadata.swarmId) !== undefined) break;
      const evicted = this.shelf.makeRoom(bytes + (withRecord ? recordFootprint : 0), this.limitBytes);
      if (evicted === undefined) return 'full';
      changes.evicted.push(...evicted);
    }
    return undefined;
  }

  private renew({ record, blocks }: SwarmWrite, changes: Changes): void {
    for (const block of blocks) {
      const swarm = this.shelf.swarm(record.metadata.swarmId);
      if (swarm !== undefined) changes.evicted.push(...this.shelf.putBlock(swarm, block, this.limitBytes));
    }
    const swarm = this.shelf.swarm(record.metadata.swarmId);
    if (swarm !== undefined) this.shelf.renew(swarm, record);
  }

  private limitNow(batches: readonly Batch[]): number {
    const { capacityBytes, disk } = this.limits;
    const extents = batches.flatMap(({ writes }) => writes.flatMap((write) => write.extents));
    if (extents.length === 0) return capacityBytes;
    const bytes = extents.reduce((sum, extent) => sum + extent.bytes.length + extent.hashes.length, 0);
    const allowed = diskAllows(disk(), bytes);
    if (allowed === 'nothing') return 0;
    return allowed === 'grow' ? capacityBytes : Math.min(capacityBytes, this.highWaterBytes);
  }

  /** Evicts what a lowered capacity has no room for, a bounded number of extents at a time. */
  private shrinkToCapacity(): void {
    const { capacityBytes } = this.limits;
    let evicting = this.shelf.storedBytes > capacityBytes;
    while (evicting) {
      this.atomically(() => {
        for (let step = 0; step < sweptPerTransactionMax && evicting; step++) {
          const evicted = this.shelf.sweep() || this.shelf.evictOldest() !== undefined;
          evicting = evicted && this.shelf.storedBytes > capacityBytes;
        }
        this.shelf.keepRecords();
      });
    }
  }

  /** A transaction that failed leaves the account wrong: the store must be opened again. */
  private atomically<Result>(work: () => Result): Result {
    this.mustBeOpen();
    try {
      return this.tables.atomically(work);
    } catch (cause) {
      this.open = false;
      const remedy = 'The database refused a transaction. Check the disk and its free space, then start again.';
      throw new StoreError('STORE_FAILED', remedy, {}, { cause });
    }
  }

  private mustBeOpen(): void {
    if (!this.open) throw new StoreError('STORE_CLOSED', 'The store was closed, or failed before. Open it again.');
  }
}

/** Throws STORE_CAPACITY for a capacity that no store can work with. */
export function mustBeCapacity(capacityBytes: number): void {
  if (Number.isSafeInteger(capacityBytes) && capacityBytes >= capacityBytesMin) return;
  const remedy = `The store's capacity is ${capacityBytes} bytes; give it a whole number from ${capacityBytesMin} on.`;
  throw new StoreError('STORE_CAPACITY', remedy, { capacityBytes });
}

function touchesOnly({ rules = [], erase, writes }: Batch): boolean {
  return rules.length === 0 && erase.length === 0 && writes.length === 0;
}
