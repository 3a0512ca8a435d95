import type { Extent, HashBlock, OpenedContent, SwarmId, SwarmRecord } from '@weir/ppspp';
import type { Published } from './content';

/** An extent's place in a store. */
export interface ExtentKey {
  readonly swarmId: SwarmId;
  readonly index: number;
}

interface StoredSwarm {
  record: SwarmRecord;
  readonly extents: Map<number, Extent>;
  readonly blocks: Map<string, HashBlock>;
}

/** A store in memory that takes time, forgets on order, and breaks on order. */
export class SimulatedStore {
  /** Extents it keeps; the oldest leave. */
  capacity = Number.POSITIVE_INFINITY;
  /** Microseconds until it answers. */
  delay = 100;
  /** It keeps nothing new: its disk is full. */
  refuses = false;
  /** Reads so far. */
  reads = 0;
  private readonly swarms = new Map<SwarmId, StoredSwarm>();
  /** Oldest first. */
  private readonly order: ExtentKey[] = [];

  /** Keeps an extent with what belongs to it; tells which had to leave. */
  keep(record: SwarmRecord, extent: Extent, blocks: readonly HashBlock[]): ExtentKey[] {
    const { swarmId } = record.metadata;
    const stored = this.swarms.get(swarmId) ?? { record, extents: new Map(), blocks: new Map() };
    this.swarms.set(swarmId, stored);
    stored.record = record;
    for (const block of blocks) stored.blocks.set(`${String(block.tier)}/${String(block.index)}`, block);
    stored.extents.set(extent.index, { ...extent, bytes: extent.bytes.slice() });
    this.order.push({ swarmId, index: extent.index });
    return this.order.splice(0, Math.max(0, this.order.length - this.capacity)).map((key) => this.drop(key));
  }

  /** Keeps a whole content. */
  keepAll({ content, extents }: Published): void {
    for (const extent of extents) this.keep(content.record, extent, content.blocks);
  }

  /** A copy, as from a disk. */
  find(swarmId: SwarmId, index: number): Extent | undefined {
    const extent = this.kept(swarmId, index);
    return extent === undefined ? undefined : { ...extent, bytes: extent.bytes.slice() };
  }

  /** What it would tell somebody who opens the swarm. */
  open(swarmId: SwarmId): OpenedContent | undefined {
    const stored = this.swarms.get(swarmId);
    if (stored === undefined) return undefined;
    return { record: stored.record, extents: [...stored.extents.keys()], blocks: [...stored.blocks.values()] };
  }

  /** Content bytes of a swarm that are here. */
  bytesHeld(swarmId: SwarmId): number {
    let total = 0;
    for (const { bytes } of this.swarms.get(swarmId)?.extents.values() ?? []) total += bytes.length;
    return total;
  }

  erase(key: ExtentKey): void {
    const at = this.order.findIndex(({ swarmId, index }) => swarmId === key.swarmId && index === key.index);
    if (at >= 0) this.order.splice(at, 1);
    this.drop(key);
  }

  /** Flips one bit of a stored extent; false if it is not here. */
  corrupt(swarmId: SwarmId, index: number, at: number): boolean {
    const bytes = this.kept(swarmId, index)?.bytes;
    const byte = bytes?.[at];
    if (bytes === undefined || byte === undefined) return false;
    bytes[at] = byte ^ 1;
    return true;
  }

  /** Loses the blocks of hashes above a swarm's extents. */
  forgetBlocks(swarmId: SwarmId): void {
    this.swarms.get(swarmId)?.blocks.clear();
  }

  private kept(swarmId: SwarmId, index: number): Extent | undefined {
    return this.swarms.get(swarmId)?.extents.get(index);
  }

  private drop(key: ExtentKey): ExtentKey {
    this.swarms.get(key.swarmId)?.extents.delete(key.index);
    return key;
  }
}
