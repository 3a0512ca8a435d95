import type { Extent } from '../swarm/content';
import type { SwarmId } from '../swarm/metadata';

interface Shelved {
  readonly swarmId: SwarmId;
  readonly extent: Extent;
  /** It was found since it was last looked at for eviction. */
  used: boolean;
}

/**
 * Checked extents in memory, bounded by their bytes. What was not found since the eviction last came by leaves first
 * (CLOCK, which comes close to least-recently-used): a look-up, of which there is one for each chunk that is sent, moves
 * nothing.
 */
export class ExtentCache {
  private readonly swarms = new Map<SwarmId, Map<number, Shelved>>();
  /** In the order in which eviction looks at them. */
  private readonly ring = new Set<Shelved>();
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  find(swarmId: SwarmId, index: number): Extent | undefined {
    const shelved = this.swarms.get(swarmId)?.get(index);
    if (shelved === undefined) return undefined;
    shelved.used = true;
    return shelved.extent;
  }

  /** Adds an extent; the one added last stays, whatever its size. */
  add(swarmId: SwarmId, extent: Extent): void {
    this.remove(swarmId, extent.index);
    const shelved: Shelved = { swarmId, extent, used: false };
    const shelf = this.swarms.get(swarmId) ?? new Map<number, Shelved>();
    this.swarms.set(swarmId, shelf);
    shelf.set(extent.index, shelved);
    this.ring.add(shelved);
    this.bytes += sizeOf(extent);
    this.evict(shelved);
  }

  remove(swarmId: SwarmId, index: number): void {
    const shelved = this.swarms.get(swarmId)?.get(index);
    if (shelved !== undefined) this.drop(shelved);
  }

  private evict(added: Shelved): void {
    for (const shelved of this.ring) {
      if (this.bytes <= this.bytesMax || this.ring.size === 1) return;
      if (shelved !== added && !shelved.used) {
        this.drop(shelved);
        continue;
      }
      // Looked at once more after all others, for a set is walked in the order in which its members came.
      shelved.used = false;
      this.ring.delete(shelved);
      this.ring.add(shelved);
    }
  }

  private drop(shelved: Shelved): void {
    const { swarmId, extent } = shelved;
    const shelf = this.swarms.get(swarmId);
    shelf?.delete(extent.index);
    if (shelf?.size === 0) this.swarms.delete(swarmId);
    this.ring.delete(shelved);
    this.bytes -= sizeOf(extent);
  }
}

function sizeOf({ bytes, hashes }: Extent): number {
  return bytes.length + hashes.length;
}
