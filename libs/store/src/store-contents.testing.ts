import { blockFootprint, extentFootprint, recordFootprint } from './footprint';
import type { StoreReader } from './store';

/** Everything a reader finds, by swarm. */
export async function contentsOf(reader: StoreReader): Promise<unknown> {
  const found = new Map<string, unknown>();
  for (const { record, ...summary } of reader.swarms()) {
    const { swarmId } = record.metadata;
    const opened = await reader.open(swarmId);
    const extents = await Promise.all(opened?.extents.map((index) => reader.read(swarmId, index)) ?? []);
    const bytes = extents.map((extent) => extent && [extent.index, digestOf(extent.bytes), digestOf(extent.hashes)]);
    found.set(swarmId, { summary, record, bytes, blocks: opened?.blocks.map(({ tier, index }) => [tier, index]) });
  }
  return found;
}

/** Bytes counted again from what a reader finds. */
export async function recount(reader: StoreReader): Promise<number> {
  let bytes = 0;
  for (const { record } of reader.swarms()) {
    const opened = await reader.open(record.metadata.swarmId);
    bytes += recordFootprint + (opened?.blocks.length ?? 0) * blockFootprint(record.metadata.hash);
    for (const index of opened?.extents ?? []) bytes += extentFootprint(record, index);
  }
  return bytes;
}

function digestOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
