import { createHash } from 'node:crypto';
import {
  extentChunks,
  hexOf,
  subtreeOf,
  TreeBuilder,
  type Extent,
  type OpenedContent,
  type SwarmMetadata,
} from '@weir/ppspp';

/** A content with everything known of it. */
export interface Published {
  readonly bytes: Uint8Array;
  readonly metadata: SwarmMetadata;
  readonly content: OpenedContent;
  readonly extents: readonly Extent[];
}

/** The byte stream of the vectors' README: SHA-256 of the seed and a counter, one after the other. */
export function generated(seed: string, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / 32) * 32);
  const counter = new DataView(new ArrayBuffer(8));
  for (let index = 0; index * 32 < size; index++) {
    counter.setBigUint64(0, BigInt(index));
    bytes.set(createHash('sha256').update(seed).update(counter).digest(), index * 32);
  }
  return bytes.subarray(0, size);
}

/** Publishes bytes as a swarm. */
export function publish(bytes: Uint8Array, settings: Omit<SwarmMetadata, 'swarmId'>): Published {
  const { hash, chunkSize } = settings;
  const builder = new TreeBuilder(hash);
  const step = extentChunks * chunkSize;
  const extents = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => {
    const part = bytes.subarray(index * step, (index + 1) * step);
    return { index, bytes: part, hashes: subtreeOf(hash, part, chunkSize) };
  });
  extents.forEach(({ hashes }) => {
    builder.add(hashes);
  });
  const chunkCount = Math.ceil(bytes.length / chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { ...settings, swarmId: hexOf(root) };
  const record = { metadata, chunkCount, peaks, contentBytes: bytes.length };
  return { bytes, metadata, extents, content: { record, blocks, extents: extents.map(({ index }) => index) } };
}
