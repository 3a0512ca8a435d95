import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@weir/datagram';
import { subtreeOf, type Extent, type HashBlock, type SwarmRecord } from '@weir/ppspp';
import { extentBytes } from './geometry';
import { openContent, scanContent, type ContentFormat } from './scan';

/** A folder for one spec file, removed when its tests are done. */
export function temporaryFolder(): { path(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'weir-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

/** Bytes without a pattern, the same for the same size. */
export function sampleBytes(size: number): Buffer {
  const random = seededRandom(size);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(random() * 256)));
}

/** Content as a fetch brings it. */
export interface SampleContent {
  readonly bytes: Buffer;
  readonly record: SwarmRecord;
  readonly extents: readonly Extent[];
  readonly blocks: readonly HashBlock[];
}

/** Writes bytes to a file and cuts them into extents. */
export async function sampleContent(path: string, size: number, format: ContentFormat): Promise<SampleContent> {
  const bytes = sampleBytes(size);
  writeFileSync(path, bytes);
  const file = await openContent(path);
  const { record, blocks } = await scanContent(file, path, format);
  await file.close();
  const length = extentBytes(format.chunkSize);
  const extents = Array.from({ length: Math.ceil(size / length) }, (_, index) => {
    const part = bytes.subarray(index * length, (index + 1) * length);
    return { index, bytes: part, hashes: subtreeOf(format.hash, part, format.chunkSize) };
  });
  return { bytes, record, extents, blocks: [...blocks] };
}

/** Chunks as small as they may be in a file: what is many extents is still few bytes. */
export const smallFormat: ContentFormat = { chunkSize: 64, hash: 'sha256', addressing: 'chunk32' };

/** Contents in `smallFormat`, each with a file of its own to be fetched into. */
export function samplesIn(folder: { path(name: string): string }) {
  let made = 0;
  return async (size: number): Promise<SampleContent & { readonly out: string }> => {
    const name = String(made++);
    const content = await sampleContent(folder.path(`${name}.in`), size, smallFormat);
    return { ...content, out: folder.path(`${name}.out`) };
  };
}

/** A fetch's last write knows the content's size, those before do not. */
export function writeOf({ record, blocks, extents }: SampleContent, chosen: readonly Extent[]) {
  const isSized = chosen.some(({ index }) => index === extents.length - 1);
  return { record: { ...record, contentBytes: isSized ? record.contentBytes : undefined }, blocks, extents: chosen };
}
