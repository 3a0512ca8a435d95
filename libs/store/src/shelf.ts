import { type Extent, type HashBlock, type SwarmId, type SwarmRecord, invariant } from '@weir/ppspp';
import { blockFootprint } from './footprint';
import { inMemory } from './held-segments';
import { type Ledger, type LedgerSwarm, holdsBlock } from './ledger';
import { lastUseGrainSeconds, sweptPerTransactionMax } from './limits';
import { loadLedger } from './load-ledger';
import type { Drawer } from './drawer';
import type { HeldExtent } from './store';
import type { Tables } from './tables';
import { WrittenSwarms } from './written-swarms';

/**
 * Tables, memory and ledger moved in step: each method changes all of them alike, inside the caller's transaction. What is to be
 * kept, and where, is decided elsewhere.
 */
export class Shelf {
  readonly ledger: Ledger;
  readonly records: WrittenSwarms;
  /** Swarms whose record on disk is behind. */
  private readonly outdated = new Set<LedgerSwarm>();

  constructor(
    private readonly tables: Tables,
    private readonly drawer: Drawer,
  ) {
    this.ledger = loadLedger(tables);
    this.records = new WrittenSwarms(this.ledger);
  }

  get hasLeftovers(): boolean {
    return this.ledger.leftover() !== undefined;
  }

  swarm(swarmId: SwarmId): LedgerSwarm | undefined {
    return this.ledger.swarm(swarmId);
  }

  /** What is in memory alone. */
  *held(): Iterable<HeldExtent> {
    for (const { swarmId, memory } of this.ledger.all())
      for (const [index, place] of memory) yield { swarmId, index, place };
  }

  /** Notes a use; it reaches the disk once the use that is there is old. */
  touch(swarm: LedgerSwarm, now: number): void {
    swarm.lastUse = Math.max(swarm.lastUse, now);
    if (swarm.lastUse - swarm.lastUseKept >= lastUseGrainSeconds) this.outdated.add(swarm);
  }

  /** Puts an extent on disk, for which there is room, with its swarm if that is not held. */
  insert(record: SwarmRecord, extent: Extent, now: number): void {
    const swarm = this.swarm(record.metadata.swarmId) ?? this.addSwarm(record, now);
    this.tables.putExtent(swarm.number, extent, record.metadata.hash);
    this.ledger.addExtent(swarm, extent.index);
    swarm.lastUse = Math.max(swarm.lastUse, now);
    this.outdated.add(swarm);
  }

  /** Puts an extent into memory, with its swarm, whose record is on disk all the same; false if there is no room. */
  hold(record: SwarmRecord, extent: Extent, now: number): boolean {
    const place = this.drawer.put({ swarmId: record.metadata.swarmId, index: extent.index }, extent);
    if (place === undefined) return false;
    const swarm = this.swarm(record.metadata.swarmId) ?? this.addSwarm(record, now);
    this.ledger.hold(swarm, extent.index, place);
    this.touch(swarm, now);
    return true;
  }

  /** Writes what is in memory of a segment to disk; how many extents that were. */
  persist(swarm: LedgerSwarm, segment: number): number {
    const indexes = inMemory(swarm, segment);
    for (const index of indexes) {
      const place = this.ledger.removeExtent(swarm, index);
      const extent = place && this.drawer.read(index, place);
      invariant(place !== undefined && extent !== undefined, 'what is in memory is there until its place is released');
      this.tables.putExtent(swarm.number, extent, swarm.record.metadata.hash);
      this.ledger.addExtent(swarm, index);
      this.drawer.release({ swarmId: swarm.swarmId, index }, place);
    }
    if (indexes.length > 0) this.outdated.add(swarm);
    return indexes.length;
  }

  /** Takes over what a newer record knows. */
  renew(swarm: LedgerSwarm, record: SwarmRecord): void {
    if (swarm.record.contentBytes !== undefined || record.contentBytes === undefined) return;
    swarm.record = record;
    this.outdated.add(swarm);
  }

  /** Bytes that a block takes on disk beside what is there. */
  blockBytes(swarm: LedgerSwarm, { tier, index }: HashBlock): number {
    return holdsBlock(swarm, tier, index) ? 0 : blockFootprint(swarm.record.metadata.hash);
  }

  /** Puts a block in, for which there is room. */
  putBlock(swarm: LedgerSwarm, block: HashBlock): void {
    this.tables.putBlock(swarm.number, block);
    this.ledger.addBlock(swarm, block.tier, block.index);
    this.outdated.add(swarm);
  }

  /** Removes an extent that is held. What remains of its segment says the ledger; its swarm stays, were it empty. */
  drop(swarm: LedgerSwarm, index: number): void {
    const place = this.ledger.removeExtent(swarm, index);
    if (place === undefined) {
      this.tables.removeExtent(swarm.number, index);
      this.outdated.add(swarm);
    } else this.drawer.release({ swarmId: swarm.swarmId, index }, place);
  }

  /** Removes a swarm's record, and with it the swarm; what it has on disk is left to `sweep`. */
  retire(swarm: LedgerSwarm): void {
    for (const index of [...swarm.memory.keys()]) this.drop(swarm, index);
    this.tables.removeSwarm(swarm.swarmId);
    this.ledger.retire(swarm);
    this.outdated.delete(swarm);
    this.records.note(swarm.swarmId);
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
      this.records.note(swarm.swarmId);
    }
    this.outdated.clear();
  }

  private addSwarm(record: SwarmRecord, now: number): LedgerSwarm {
    const number = this.tables.nextSwarm();
    this.tables.setNextSwarm(number + 1);
    const swarm = this.ledger.addSwarm({ number, record, firstUse: now, lastUse: now });
    this.outdated.add(swarm);
    return swarm;
  }
}
