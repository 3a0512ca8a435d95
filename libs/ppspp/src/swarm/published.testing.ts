import type { OpenedContent } from '../endpoint/effects';
import { hexOf } from '../channel/handshake';
import { digest } from '../integrity/hash';
import { subtreeOf } from '../integrity/subtree';
import { TreeBuilder } from '../integrity/tree-builder';
import { extentChunks, type Extent } from './content';
import type { SwarmMetadata } from './metadata';

/** A content with everything known of it. */
export interface Published {
  readonly bytes: Uint8Array;
  readonly metadata: SwarmMetadata;
  readonly content: OpenedContent;
  readonly extents: readonly Extent[];
}

const settings = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;

/** A content of `size` bytes, in chunks of 1024 with SHA-256 unless told otherwise. */
export function published(size: number, more: Partial<Omit<SwarmMetadata, 'swarmId'>> = {}): Published {
  const { hash, addressing, chunkSize } = { ...settings, ...more };
  const bytes = filled(size);
  const builder = new TreeBuilder(hash);
  const step = extentChunks * chunkSize;
  const extents = Array.from({ length: Math.ceil(size / step) }, (_, index) => {
    const part = bytes.subarray(index * step, (index + 1) * step);
    return { index, bytes: part, hashes: subtreeOf(hash, part, chunkSize) };
  });
  for (const { hashes } of extents) builder.add(hashes);
  const chunkCount = Math.ceil(size / chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { swarmId: hexOf(root), hash, addressing, chunkSize };
  const record = { metadata, chunkCount, peaks, contentBytes: size };
  return { bytes, metadata, extents, content: { record, blocks, extents: extents.map(({ index }) => index) } };
}

/** The bytes of one chunk. */
export function chunkOf({ bytes, metadata: { chunkSize } }: Published, chunk: number): Uint8Array {
  return bytes.subarray(chunk * chunkSize, (chunk + 1) * chunkSize);
}

/** Bytes of which no two chunks are alike. */
function filled(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let from = 0; from < size; from += 32) {
    const block = digest('sha256', Uint8Array.of(from, from >> 8, from >> 16, from >> 24, size, size >> 8));
    bytes.set(block.subarray(0, Math.min(32, size - from)), from);
  }
  return bytes;
}
