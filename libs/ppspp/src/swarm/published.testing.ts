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

const usual = { hash: 'sha256', addressing: 'chunk32', chunkSize: 1_024 } as const;

/** Publishes bytes as a swarm. */
export function publish(bytes: Uint8Array, settings: Omit<SwarmMetadata, 'swarmId'> = usual): Published {
  const { hash, chunkSize } = settings;
  const builder = new TreeBuilder(hash);
  const step = extentChunks * chunkSize;
  const extents = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => {
    const part = bytes.subarray(index * step, (index + 1) * step);
    return { index, bytes: part, hashes: subtreeOf(hash, part, chunkSize) };
  });
  for (const { hashes } of extents) builder.add(hashes);
  const chunkCount = Math.ceil(bytes.length / chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { ...settings, swarmId: hexOf(root) };
  const record = { metadata, chunkCount, peaks, contentBytes: bytes.length };
  return { bytes, metadata, extents, content: { record, blocks, extents: extents.map(({ index }) => index) } };
}

/** A content of `size` bytes, in chunks of 1024 with SHA-256 unless told otherwise. */
export function published(size: number, more: Partial<Omit<SwarmMetadata, 'swarmId'>> = {}): Published {
  return publish(filled(size), { ...usual, ...more });
}

/** The byte stream of the vectors' README: SHA-256 of the seed and a counter, one after the other. */
export function generated(seed: string, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / 32) * 32);
  const text = new TextEncoder().encode(seed);
  const block = new Uint8Array(text.length + 8);
  block.set(text);
  const counter = new DataView(block.buffer, text.length);
  for (let index = 0; index * 32 < size; index++) {
    counter.setBigUint64(0, BigInt(index));
    bytes.set(digest('sha256', block), index * 32);
  }
  return bytes.subarray(0, size);
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
