import type { Batch } from './store';

/** Bytes of content and hashes that batches bring. */
export function bytesWritten(batches: readonly Batch[]): number {
  const extents = batches.flatMap(({ writes }) => writes.flatMap((write) => write.extents));
  return extents.reduce((sum, extent) => sum + extent.bytes.length + extent.hashes.length, 0);
}

/** Batches in the parts that are committed together: none brings more than `bytesMax`, but for a single batch that does. */
export function partsOf(batches: readonly Batch[], bytesMax: number): Batch[][] {
  const parts: Batch[][] = [];
  let room = 0;
  for (const batch of batches) {
    const bytes = bytesWritten([batch]);
    const last = parts.at(-1);
    if (last === undefined || bytes > Math.max(0, room)) {
      parts.push([batch]);
      room = bytesMax - bytes;
    } else {
      last.push(batch);
      room -= bytes;
    }
  }
  return parts;
}
