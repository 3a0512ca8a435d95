import { extentChunks } from './content';

/**
 * Which chunks were fetched on demand and not yet served: their first serving is a miss of the cache, all others are
 * hits. 64 bytes for an extent, and none once all of it was served.
 */
export class Freshness {
  private readonly extents = new Map<number, Uint8Array>();

  /** An extent was fetched because somebody asked. */
  mark(extent: number, chunks: number): void {
    this.extents.set(extent, new Uint8Array(extentChunks).fill(1, 0, chunks));
  }

  /** True the first time a fresh chunk is served. */
  take(chunk: number): boolean {
    const extent = Math.floor(chunk / extentChunks);
    const fresh = this.extents.get(extent);
    const local = chunk - extent * extentChunks;
    if (fresh?.[local] !== 1) return false;
    fresh[local] = 0;
    if (!fresh.includes(1)) this.extents.delete(extent);
    return true;
  }

  drop(extent: number): void {
    this.extents.delete(extent);
  }
}
