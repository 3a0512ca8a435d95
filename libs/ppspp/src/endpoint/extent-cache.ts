import type { Extent } from '../swarm/content';
import type { SwarmId } from '../swarm/metadata';

/** Checked extents in memory, the least recently used leaving first; bounded by their bytes. */
export class ExtentCache {
  private readonly extents = new Map<string, Extent>();
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  find(swarmId: SwarmId, index: number): Extent | undefined {
    const key = keyOf(swarmId, index);
    const extent = this.extents.get(key);
    if (extent === undefined) return undefined;
    this.extents.delete(key);
    this.extents.set(key, extent);
    return extent;
  }

  add(swarmId: SwarmId, extent: Extent): void {
    this.remove(swarmId, extent.index);
    this.extents.set(keyOf(swarmId, extent.index), extent);
    this.bytes += sizeOf(extent);
    for (const [key, oldest] of this.extents) {
      if (this.bytes <= this.bytesMax || this.extents.size === 1) break;
      this.extents.delete(key);
      this.bytes -= sizeOf(oldest);
    }
  }

  remove(swarmId: SwarmId, index: number): void {
    const key = keyOf(swarmId, index);
    const extent = this.extents.get(key);
    if (extent === undefined) return;
    this.extents.delete(key);
    this.bytes -= sizeOf(extent);
  }
}

function keyOf(swarmId: SwarmId, index: number): string {
  return `${swarmId}/${String(index)}`;
}

function sizeOf({ bytes, hashes }: Extent): number {
  return bytes.length + hashes.length;
}
