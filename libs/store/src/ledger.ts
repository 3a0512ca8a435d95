import type { SwarmId, SwarmRecord } from '@weir/ppspp';
import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import type { SwarmEntry } from './keys';
import { UseOrder } from './use-order';

/** A swarm as the ledger knows it. */
export interface LedgerSwarm {
  readonly swarmId: SwarmId;
  readonly number: number;
  readonly firstUse: number;
  record: SwarmRecord;
  lastUse: number;
  /** The last use that is on disk. */
  lastUseKept: number;
  storedBytes: number;
  /** Slot in the order of use, by extent index. */
  readonly slots: Map<number, number>;
  readonly blocks: Set<number>;
}

/** What is left on disk of a swarm that was removed. */
export interface Leftover {
  readonly number: number;
  readonly record: SwarmRecord;
}

/**
 * The writer's account of what is on disk and how it was used: bytes, extents, and the order in which they leave.
 * Made anew from the keys when a store opens.
 */
export class Ledger {
  storedBytes = 0;
  extents = 0;
  private readonly swarms = new Map<SwarmId, LedgerSwarm>();
  private readonly byNumber = new Map<number, LedgerSwarm>();
  private readonly order = new UseOrder();
  private readonly leftovers: Leftover[] = [];

  get swarmCount(): number {
    return this.swarms.size;
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

  /** Takes up a swarm; its extents and blocks are counted one by one afterwards. */
  addSwarm({ number, record, firstUse, lastUse }: Omit<SwarmEntry, 'extentsHeld' | 'storedBytes'>): LedgerSwarm {
    const { swarmId } = record.metadata;
    const swarm: LedgerSwarm = {
      ...{ swarmId, number, record, firstUse, lastUse, lastUseKept: lastUse, storedBytes: 0 },
      slots: new Map(),
      blocks: new Set(),
    };
    this.swarms.set(swarmId, swarm);
    this.byNumber.set(number, swarm);
    this.count(swarm, recordFootprint);
    return swarm;
  }

  /** Forgets a swarm; what it has on disk beside its record stays counted, as a leftover. */
  retire(swarm: LedgerSwarm): void {
    this.count(swarm, -recordFootprint);
    this.swarms.delete(swarm.swarmId);
    this.byNumber.delete(swarm.number);
    for (const slot of swarm.slots.values()) this.order.remove(slot);
    this.extents -= swarm.slots.size;
    if (swarm.slots.size + swarm.blocks.size > 0) this.leftovers.push({ number: swarm.number, record: swarm.record });
  }

  addExtent(swarm: LedgerSwarm, index: number): void {
    swarm.slots.set(index, this.order.append(swarm.number, index));
    this.extents++;
    this.count(swarm, extentFootprint(swarm.record, index));
  }

  removeExtent(swarm: LedgerSwarm, index: number): void {
    const slot = swarm.slots.get(index);
    if (slot === undefined) return;
    this.order.remove(slot);
    swarm.slots.delete(index);
    this.extents--;
    this.count(swarm, -extentFootprint(swarm.record, index));
  }

  addBlock(swarm: LedgerSwarm, tier: number, index: number): void {
    const number = blockNumber(tier, index);
    if (swarm.blocks.has(number)) return;
    swarm.blocks.add(number);
    this.count(swarm, blockFootprint(swarm.record.metadata.hash));
  }

  /** Notes that an extent was used, if it is held. */
  touch(swarmId: SwarmId, index: number, now: number): LedgerSwarm | undefined {
    const swarm = this.swarms.get(swarmId);
    const slot = swarm?.slots.get(index);
    if (swarm === undefined || slot === undefined) return undefined;
    this.order.touch(slot);
    swarm.lastUse = Math.max(swarm.lastUse, now);
    return swarm;
  }

  /** The extent that leaves first. */
  oldest(): { readonly swarm: LedgerSwarm; readonly index: number } | undefined {
    const oldest = this.order.oldest();
    const swarm = oldest && this.byNumber.get(oldest.swarm);
    return swarm && { swarm, index: oldest.index };
  }

  /** What is to be swept next. */
  leftover(): Leftover | undefined {
    return this.leftovers[0];
  }

  /** Notes what a sweep of `leftover` removed. */
  swept({ record }: Leftover, extents: readonly number[], blocks: number): void {
    for (const index of extents) this.storedBytes -= extentFootprint(record, index);
    this.storedBytes -= blocks * blockFootprint(record.metadata.hash);
  }

  /** Notes that nothing of `leftover` is left. */
  sweptAll(): void {
    this.leftovers.shift();
  }

  entry(swarm: LedgerSwarm): SwarmEntry {
    const { number, record, storedBytes, firstUse, lastUse } = swarm;
    return { number, record, extentsHeld: swarm.slots.size, storedBytes, firstUse, lastUse };
  }

  private count(swarm: LedgerSwarm, bytes: number): void {
    swarm.storedBytes += bytes;
    this.storedBytes += bytes;
  }
}

/** True if the swarm's block is known, so that writing it again takes no more room. */
export function holdsBlock(swarm: LedgerSwarm, tier: number, index: number): boolean {
  return swarm.blocks.has(blockNumber(tier, index));
}

/** One number for a block: there are at most eight tiers, and fewer than 2^41 blocks in one. */
function blockNumber(tier: number, index: number): number {
  return index * 16 + tier;
}
