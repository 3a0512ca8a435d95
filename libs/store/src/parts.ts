import { type Batch, type CommitResult, type ExtentRef, emptyBatch } from './store';

/** Bytes of content and hashes that batches bring. */
export function bytesWritten(batches: readonly Batch[]): number {
  const writes = batches.flatMap((batch) => batch.writes);
  const extents = writes.flatMap((write) => write.extents);
  const blocks = writes.flatMap((write) => write.blocks);
  const inExtents = extents.reduce((sum, extent) => sum + extent.bytes.length + extent.hashes.length, 0);
  return blocks.reduce((sum, block) => sum + block.hashes.length, inExtents);
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

/** What came with one batch may have left with a later one, and what left may have come back: the answers tell how it ended. */
export function inTheEnd(
  result: CommitResult,
  { writes }: Batch = emptyBatch,
  holds: (ref: ExtentRef) => boolean,
): CommitResult {
  const told = new Set([...result.refused, ...result.evicted].map(nameOf));
  const lost = writes.flatMap(({ record: { metadata }, extents }) =>
    extents
      .map(({ index }) => ({ swarmId: metadata.swarmId, index }))
      .filter((ref) => !holds(ref) && !told.has(nameOf(ref))),
  );
  return { ...result, evicted: [...result.evicted.filter((ref) => !holds(ref)), ...lost] };
}

function nameOf({ swarmId, index }: ExtentRef): string {
  return `${swarmId}/${String(index)}`;
}
