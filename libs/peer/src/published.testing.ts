import { extentChunks, hexOf, subtreeOf, TreeBuilder, type Extent, type OpenedContent } from '@weir/ppspp';

const chunkSize = 1_024;

/** A content with all that is known of it. */
export interface PublishedContent {
  readonly content: OpenedContent;
  readonly extents: readonly Extent[];
}

/** Publishes bytes in chunks of 1 KiB with SHA-256. */
export function published(bytes: Uint8Array): PublishedContent {
  const builder = new TreeBuilder('sha256');
  const step = extentChunks * chunkSize;
  const extents = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => {
    const part = bytes.subarray(index * step, (index + 1) * step);
    return { index, bytes: part, hashes: subtreeOf('sha256', part, chunkSize) };
  });
  for (const { hashes } of extents) builder.add(hashes);
  const chunkCount = Math.ceil(bytes.length / chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { swarmId: hexOf(root), hash: 'sha256', addressing: 'chunk32', chunkSize } as const;
  const record = { metadata, chunkCount, peaks, contentBytes: bytes.length };
  return { content: { record, blocks, extents: extents.map(({ index }) => index) }, extents };
}

/** The bytes of extents, in their order. */
export function joined(extents: Iterable<Extent>): Uint8Array {
  return Buffer.concat([...extents].sort((one, other) => one.index - other.index).map(({ bytes }) => bytes));
}
