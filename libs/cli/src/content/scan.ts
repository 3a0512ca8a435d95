import { open, type FileHandle } from 'node:fs/promises';
import {
  chunkMax,
  extentChunks,
  invariant,
  subtreeOf,
  TreeBuilder,
  type SwarmId,
  type SwarmMetadata,
  type SwarmRecord,
} from '@weir/ppspp';
import { extentsMax } from '../limits';
import { ContentError, reasonOf } from './errors';
import { readAt } from './file-access';
import { extentBytes } from './geometry';
import { HashBlocks } from './hash-blocks';

/** How content is cut, hashed and numbered: what must be agreed beside the swarm ID. */
export interface ContentFormat extends Omit<SwarmMetadata, 'swarmId' | 'contentBytes'> {
  /** Of content that nothing protects; else the root hash is the swarm ID. RFC 7574 section 7.5. */
  readonly swarmId?: SwarmId;
}

/** How a long scan is watched and stopped. */
export interface ScanWatch {
  /** Called after every extent. `total` may grow while the file does. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Aborting makes the scan reject with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a scan found out. */
export interface ScannedContent {
  readonly record: SwarmRecord;
  readonly blocks: HashBlocks;
}

/** Opens a file that holds content. Rejects with `CONTENT_UNREADABLE`. */
export async function openContent(path: string): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    throw unreadable(path, error);
  }
  await file.close();
  throw new ContentError('CONTENT_UNREADABLE', path, 'cannot be read: it is not a regular file');
}

/** Finds out all that there is to know of a file as content: its hashes if it has any, else its size. */
export function scanContent(
  file: FileHandle,
  path: string,
  format: ContentFormat,
  watch: ScanWatch = {},
): Promise<ScannedContent> {
  const { swarmId, integrity = 'merkle', ...rest } = format;
  switch (integrity) {
    case 'merkle':
      return hashContent(file, path, rest, watch);
    case 'none':
      invariant(swarmId !== undefined, 'content that nothing protects is named by whoever publishes it');
      return measureContent(file, path, { ...rest, integrity, swarmId });
  }
}

/** Without hashes the size is all that others must know. */
async function measureContent(file: FileHandle, path: string, named: SwarmMetadata): Promise<ScannedContent> {
  const { size: contentBytes } = await file.stat();
  const bytesMax = contentBytesMax(named);
  if (contentBytes > bytesMax) throw tooLarge(path, named, bytesMax);
  const metadata = { ...named, contentBytes };
  const record = { metadata, chunkCount: Math.ceil(contentBytes / named.chunkSize), peaks: [], contentBytes };
  return { record, blocks: new HashBlocks(named.hash) };
}

/**
 * Builds the Merkle hash tree over a file, an extent in memory at a time. Over no chunk at all, its root is the empty
 * hash: all zeros. RFC 7574 section 5.1.
 */
async function hashContent(
  file: FileHandle,
  path: string,
  format: Omit<ContentFormat, 'swarmId'>,
  watch: ScanWatch,
): Promise<ScannedContent> {
  const builder = new TreeBuilder(format.hash);
  const bytesMax = contentBytesMax(format);
  const { size } = await file.stat();
  let contentBytes = 0;
  for await (const bytes of extentsOf(file, path, format)) {
    watch.signal?.throwIfAborted();
    builder.add(subtreeOf(format.hash, bytes, format.chunkSize));
    contentBytes += bytes.length;
    if (contentBytes > bytesMax) throw tooLarge(path, format, bytesMax);
    watch.onProgress?.(contentBytes, Math.max(size, contentBytes));
  }
  const chunkCount = Math.ceil(contentBytes / format.chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const { hash, addressing, chunkSize } = format;
  const metadata = { hash, addressing, chunkSize, swarmId: Buffer.from(root).toString('hex') };
  return { record: { metadata, chunkCount, peaks, contentBytes }, blocks: new HashBlocks(format.hash, blocks) };
}

/** The file's bytes, an extent at a time, up to one beyond what we can number. */
async function* extentsOf(file: FileHandle, path: string, { chunkSize }: ContentFormat): AsyncGenerator<Uint8Array> {
  const length = extentBytes(chunkSize);
  for (let index = 0; index <= extentsMax; index++) {
    const bytes = await readAt(file, index * length, length).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (bytes.length > 0) yield bytes;
    if (bytes.length < length) return;
  }
}

/** What chunk numbers and our own bound allow; the last number is not used, so that a count fits as well. */
function contentBytesMax({ chunkSize, addressing }: ContentFormat): number {
  return Math.min(chunkMax(addressing, chunkSize), extentsMax * extentChunks) * chunkSize;
}

function tooLarge(path: string, { chunkSize }: ContentFormat, bytesMax: number): ContentError {
  const problem = `is larger than ${String(bytesMax)} bytes, the most in chunks of ${String(chunkSize)}`;
  return new ContentError('CONTENT_TOO_LARGE', path, `${problem}; choose a larger --chunk-size`);
}

function unreadable(path: string, cause: unknown): ContentError {
  return new ContentError('CONTENT_UNREADABLE', path, `cannot be read: ${reasonOf(cause)}`, { cause });
}
