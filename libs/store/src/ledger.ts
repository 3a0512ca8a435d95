import type { SwarmId, SwarmRecord } from '@weir/ppspp';
import { ExtentSet } from './extent-set';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import type { SwarmEntry } from './keys';
import { type Leftover, Leftovers } from './leftovers';
import type { SlabPlace } from './probation/probation-slab';
import { segmentExtents } from './segments';
import { nextKey, swarmKeyNumber } from './swarm-key';

/** A swarm as the ledger knows it. */
export interface LedgerSwarm {
  readonly swarmId: SwarmId;
  readonly number: number;
  /** By which the policy knows it. */
  readonly key: number;
  readonly segmentExtents: number;
  readonly firstUse: number;
  record: SwarmRecord;
  lastUse: number;
  /** The last use that is on disk. */
  lastUseKept: number;
  /** Bytes on disk. */
  storedBytes: number;
  /** Extents on disk. */
  readonly disk: ExtentSet;
  /** Extents in memory alone, and where. */
  readonly memory: Map<number, SlabPlace>;
  readonly blocks: Set<number>;
}

/** The writer's account of what is on disk and in memory. Made anew from the keys when a store opens. */
export class Ledger {
  /** Bytes on disk, all of them. */
  storedBytes = 0;
  /** Bytes that extents in memory alone would take on disk. */
  memoryBytes = 0;
  /** Bytes of extents held, on disk and in memory: what the policy disposes of. */
  extentBytes = 0;
  /** Extents on disk. */
  diskExtents = 0;
  /** Extents in memory alone. */
  memoryExtents = 0;
  private readonly swarms = new Map<SwarmId, LedgerSwarm>();
  private readonly byNumber = new Map<number, LedgerSwarm>();
  private readonly byKey = new Map<number, LedgerSwarm>();
  private readonly leftovers = new Leftovers();

  get swarmCount(): number {
    return this.swarms.size;
  }

  /** Bytes on disk that are no extent of a swarm held: records, hash blocks, leftovers. */
  get overheadBytes(): number {
    return this.storedBytes + this.memoryBytes - this.extentBytes;
  }

  swarm(swarmId: SwarmId): LedgerSwarm | undefined {
    return this.swarms.get(swarmId);
  }

  all(): Iterable<LedgerSwarm> {
    return this.swarms.values();
  }

  numbered(number: number): LedgerSwarm | undefined {
    return this.byNumber.get(number);
  }

  /** The swarm that the policy knows by a key. */
  keyed(key: number): LedgerSwarm | undefined {
    return this.byKey.get(key);
  }

  /** By what the policy knows a swarm, held or not. No two that are held have the same. */
  keyOf(swarmId: SwarmId): number {
    const held = this.swarms.get(swarmId);
    if (held !== undefined) return held.key;
    let key = swarmKeyNumber(swarmId);
    while (this.byKey.has(key)) key = nextKey(key);
    return key;
  }

  /** Takes up a swarm; its extents and blocks are counted one by one afterwards. */
  addSwarm({ number, record, firstUse, lastUse }: Omit<SwarmEntry, 'extentsHeld' | 'storedBytes'>): LedgerSwarm {
    const { swarmId, chunkSize } = record.metadata;
    const swarm: LedgerSwarm = {
      ...{ swarmId, number, record, firstUse, lastUse, lastUseKept: lastUse, storedBytes: 0 },
      key: this.keyOf(swarmId),
      segmentExtents: segmentExtents(chunkSize),
      disk: new ExtentSet(),
      memory: new Map(),
      blocks: new Set(),
    };
    this.swarms.set(swarmId, swarm);
    this.byNumber.set(number, swarm);
    this.byKey.set(swarm.key, swarm);
    this.countOnDisk(swarm, recordFootprint);
    return swarm;
  }

  /** Forgets a swarm with nothing in memory; what it has on disk beside its record stays counted, as a leftover. */
  retire(swarm: LedgerSwarm): void {
    this.countOnDisk(swarm, -recordFootprint);
    this.swarms.delete(swarm.swarmId);
    this.byNumber.delete(swarm.number);
    this.byKey.delete(swarm.key);
    this.diskExtents -= swarm.disk.size;
    this.extentBytes -= swarm.storedBytes - swarm.blocks.size * blockFootprint(swarm.record.metadata.hash);
    if (swarm.disk.size + swarm.blocks.size > 0) this.leftovers.add({ number: swarm.number, record: swarm.record });
  }

  /** Counts an extent on disk. */
  addExtent(swarm: LedgerSwarm, index: number): void {
    const bytes = extentFootprint(swarm.record, index);
    swarm.disk.add(index);
    this.diskExtents++;
    this.extentBytes += bytes;
    this.countOnDisk(swarm, bytes);
  }

  /** Counts an extent in memory. */
  hold(swarm: LedgerSwarm, index: number, place: SlabPlace): void {
    const bytes = extentFootprint(swarm.record, index);
    swarm.memory.set(index, place);
    this.memoryExtents++;
    this.memoryBytes += bytes;
    this.extentBytes += bytes;
  }

  /** Counts an extent no more, wherever it is; the place that it had in memory. */
  removeExtent(swarm: LedgerSwarm, index: number): SlabPlace | undefined {
    const bytes = extentFootprint(swarm.record, index);
    const place = swarm.memory.get(index);
    this.extentBytes -= bytes;
    if (place !== undefined) {
      swarm.memory.delete(index);
      this.memoryExtents--;
      this.memoryBytes -= bytes;
    } else {
      swarm.disk.delete(index);
      this.diskExtents--;
      this.countOnDisk(swarm, -bytes);
    }
    return place;
  }

  addBlock(swarm: LedgerSwarm, tier: number, index: number): void {
    const number = blockNumber(tier, index);
    if (swarm.blocks.has(number)) return;
    swarm.blocks.add(number);
    this.countOnDisk(swarm, blockFootprint(swarm.record.metadata.hash));
  }

  /** What is to be swept next. */
  leftover(): Leftover | undefined {
    return this.leftovers.next;
  }

  /** See `Leftovers.hasten`. */
  hasten(swarmId: SwarmId): number[] {
    return this.leftovers.hasten(swarmId);
  }

  /** Notes what a sweep of `leftover` removed. */
  swept({ record }: Leftover, extents: readonly number[], blocks: number): void {
    for (const index of extents) this.storedBytes -= extentFootprint(record, index);
    this.storedBytes -= blocks * blockFootprint(record.metadata.hash);
  }

  /** Notes that nothing of `leftover` is left. */
  sweptAll(): void {
    this.leftovers.dropNext();
  }

  /** What the record on disk says: what is in memory alone is not in it, since a crash would make it a lie. */
  entry(swarm: LedgerSwarm): SwarmEntry {
    const { number, record, storedBytes, firstUse, lastUse } = swarm;
    return { number, record, extentsHeld: swarm.disk.size, storedBytes, firstUse, lastUse };
  }

  private countOnDisk(swarm: LedgerSwarm, bytes: number): void {
    swarm.storedBytes += bytes;
    this.storedBytes += bytes;
  }
}

/** True if the swarm's extent is held, on disk or in memory. */
export function holdsExtent(swarm: LedgerSwarm, index: number): boolean {
  return swarm.disk.has(index) || swarm.memory.has(index);
}

/** True if the swarm's block is known, so that writing it again takes no more room. */
export function holdsBlock(swarm: LedgerSwarm, tier: number, index: number): boolean {
  return swarm.blocks.has(blockNumber(tier, index));
}

/** One number for a block: there are at most eight tiers, and fewer than 2^41 blocks in one. */
function blockNumber(tier: number, index: number): number {
  return index * 16 + tier;
}
