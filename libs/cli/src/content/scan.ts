import { open, type FileHandle } from 'node:fs/promises';
import { chunkMax, extentChunks, subtreeOf, TreeBuilder, type SwarmMetadata, type SwarmRecord } from '@weir/ppspp';
import { extentsMax } from '../limits';
import { ContentError, reasonOf } from './errors';
import { readAt } from './file-access';
import { extentBytes } from './geometry';
import { HashBlocks } from './hash-blocks';

/** How content is cut, hashed and numbered: what must be agreed beside the swarm ID. */
export type ContentFormat = Omit<SwarmMetadata, 'swarmId'>;

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

/** Builds the Merkle hash tree over a file, an extent in memory at a time. RFC 7574 section 5.1. */
export async function scanContent(
  file: FileHandle,
  path: string,
  format: ContentFormat,
  watch: ScanWatch = {},
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
  if (contentBytes === 0) throw new ContentError('CONTENT_EMPTY', path, 'is empty: there is nothing to share');
  const chunkCount = Math.ceil(contentBytes / format.chunkSize);
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { ...format, swarmId: Buffer.from(root).toString('hex') };
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
