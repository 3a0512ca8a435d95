import type { Extent, HashBlock, SwarmId, SwarmRecord } from '@weir/ppspp';
import { blockFootprint } from './footprint';
import { type Ledger, type LedgerSwarm, holdsBlock } from './ledger';
import { lastUseGrainSeconds, sweptPerTransactionMax } from './limits';
import { loadLedger } from './load-ledger';
import type { ExtentRef, StoreUsage } from './store';
import type { Tables } from './tables';

/**
 * Tables and ledger moved in step: each method changes both alike, inside the caller's transaction. What leaves is
 * decided here: first what erased swarms left, then the least recently used extents.
 */
export class Shelf {
  private readonly ledger: Ledger;
  /** Swarms whose record on disk is behind. */
  private readonly outdated = new Set<LedgerSwarm>();

  constructor(private readonly tables: Tables) {
    this.ledger = loadLedger(tables);
  }

  get storedBytes(): number {
    return this.ledger.storedBytes;
  }

  get hasLeftovers(): boolean {
    return this.ledger.leftover() !== undefined;
  }

  /** True if records wait to be written by `keepRecords`. */
  get hasOutdated(): boolean {
    return this.outdated.size > 0;
  }

  usage(): Omit<StoreUsage, 'capacityBytes'> {
    const { storedBytes, extents, swarmCount: swarms } = this.ledger;
    return { storedBytes, extents, swarms };
  }

  swarm(swarmId: SwarmId): LedgerSwarm | undefined {
    return this.ledger.swarm(swarmId);
  }

  /** Notes a use; it reaches the disk once the use that is there is old. */
  touch({ swarmId, index }: ExtentRef, now: number): void {
    const swarm = this.ledger.touch(swarmId, index, now);
    if (swarm !== undefined && swarm.lastUse - swarm.lastUseKept >= lastUseGrainSeconds) this.outdated.add(swarm);
  }

  /** Puts an extent in, for which there is room, with its swarm if that is not held. */
  insert(record: SwarmRecord, extent: Extent, now: number): void {
    const swarm = this.ledger.swarm(record.metadata.swarmId) ?? this.addSwarm(record, now);
    this.tables.putExtent(swarm.number, extent, record.metadata.hash);
    this.ledger.addExtent(swarm, extent.index);
    swarm.lastUse = Math.max(swarm.lastUse, now);
    this.outdated.add(swarm);
  }

  /** Takes over what a newer record knows. */
  renew(swarm: LedgerSwarm, record: SwarmRecord): void {
    if (swarm.record.contentBytes !== undefined || record.contentBytes === undefined) return;
    swarm.record = record;
    this.outdated.add(swarm);
  }

  /** Puts a block in, if it finds room within `limitBytes` and its swarm is not evicted for it. */
  putBlock(swarm: LedgerSwarm, block: HashBlock, limitBytes: number): ExtentRef[] {
    const bytes = holdsBlock(swarm, block.tier, block.index) ? 0 : blockFootprint(swarm.record.metadata.hash);
    const evicted = this.makeRoom(bytes, limitBytes);
    const held = this.ledger.numbered(swarm.number) !== undefined;
    if (evicted !== undefined && held) {
      this.tables.putBlock(swarm.number, block);
      this.ledger.addBlock(swarm, block.tier, block.index);
      this.outdated.add(swarm);
    }
    return evicted ?? [];
  }

  /** Sweeps and evicts until `bytes` more fit into `limitBytes`; undefined, and nothing done, if they never can. */
  makeRoom(bytes: number, limitBytes: number): ExtentRef[] | undefined {
    if (bytes > limitBytes) return undefined;
    const evicted: ExtentRef[] = [];
    while (this.storedBytes + bytes > limitBytes) {
      if (this.sweep()) continue;
      const oldest = this.evictOldest();
      if (oldest === undefined) break;
      evicted.push(oldest);
    }
    return evicted;
  }

  /** Removes the least recently used extent. */
  evictOldest(): ExtentRef | undefined {
    const oldest = this.ledger.oldest();
    if (oldest === undefined) return undefined;
    this.drop(oldest.swarm, oldest.index);
    return { swarmId: oldest.swarm.swarmId, index: oldest.index };
  }

  /** Removes an extent that is held; the last one takes its swarm along. */
  drop(swarm: LedgerSwarm, index: number): void {
    this.tables.removeExtent(swarm.number, index);
    this.ledger.removeExtent(swarm, index);
    if (swarm.slots.size === 0) this.retire(swarm);
    else this.outdated.add(swarm);
  }

  /** Removes a swarm's record, and with it the swarm; the rest is left to `sweep`. */
  retire(swarm: LedgerSwarm): void {
    this.tables.removeSwarm(swarm.swarmId);
    this.ledger.retire(swarm);
    this.outdated.delete(swarm);
  }

  /** Removes some of what retired swarms left; false if there is nothing. */
  sweep(): boolean {
    const leftover = this.ledger.leftover();
    if (leftover === undefined) return false;
    const { extents, blocks, done } = this.tables.sweep(leftover.number, sweptPerTransactionMax);
    this.ledger.swept(leftover, extents, blocks);
    if (done) this.ledger.sweptAll();
    return true;
  }

  /** Brings the records on disk up to date. */
  keepRecords(): void {
    for (const swarm of this.outdated) {
      this.tables.putSwarm(this.ledger.entry(swarm));
      swarm.lastUseKept = swarm.lastUse;
    }
    this.outdated.clear();
  }

  private addSwarm(record: SwarmRecord, now: number): LedgerSwarm {
    const number = this.tables.nextSwarm();
    this.tables.setNextSwarm(number + 1);
    return this.ledger.addSwarm({ number, record, firstUse: now, lastUse: now });
  }
}
