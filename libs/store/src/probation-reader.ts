import type { Extent, SwarmId } from '@weir/ppspp';
import { extentFootprint } from './footprint';
import type { RuleChange } from './rules/rule';
import type { SlabView } from './slab-view';
import type { OpenedSwarm, StoreReader, SwarmSummary } from './store';

/** What is known of a swarm on disk, with what of it is in the slab. */
export function withMemory(summary: SwarmSummary, slab: Pick<SlabView, 'indexes'>): SwarmSummary {
  const inMemory = slab.indexes(summary.record.metadata.swarmId);
  if (inMemory.length === 0) return summary;
  const bytes = inMemory.reduce((sum, index) => sum + extentFootprint(summary.record, index), 0);
  const { extentsHeld, storedBytes } = summary;
  return { ...summary, extentsHeld: extentsHeld + inMemory.length, storedBytes: storedBytes + bytes };
}

/**
 * Reads what is on disk and what is in the slab as one. The slab is asked first: an extent that leaves it for the disk is
 * on disk before its place is given to another.
 */
export class ProbationReader implements StoreReader {
  constructor(
    private readonly disk: StoreReader,
    private readonly slab: SlabView,
  ) {}

  swarms(): SwarmSummary[] {
    return this.disk.swarms().map((summary) => withMemory(summary, this.slab));
  }

  rules(): RuleChange[] {
    return this.disk.rules();
  }

  leftovers(): Promise<number[]> {
    return this.disk.leftovers();
  }

  stillThere(numbers: readonly number[]): number[] {
    return this.disk.stillThere(numbers);
  }

  holds(swarmId: SwarmId): boolean {
    return this.disk.holds(swarmId);
  }

  /** What left the slab for the disk while that was read is found in the one or in the other. */
  async open(swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
    await this.slab.known;
    const before = this.slab.indexes(swarmId);
    const opened = await this.disk.open(swarmId);
    const inMemory = [...before, ...this.slab.indexes(swarmId)];
    if (opened === undefined || inMemory.length === 0) return opened;
    const extents = [...new Set([...opened.extents, ...inMemory])].sort((one, other) => one - other);
    return { ...opened, extents };
  }

  async read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    await this.slab.known;
    return (
      this.readSlab(swarmId, index) ??
      (await this.disk.read(swarmId, index)) ??
      // It may have come to the slab, or been fetched again, while the disk was asked.
      this.readSlab(swarmId, index)
    );
  }

  close(): Promise<void> {
    return this.disk.close();
  }

  private readSlab(swarmId: SwarmId, index: number): Extent | undefined {
    const place = this.slab.place({ swarmId, index });
    return place && this.slab.read(index, place);
  }
}
