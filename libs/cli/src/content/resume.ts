import { open, type FileHandle } from 'node:fs/promises';
import { integrityOf, type SwarmMetadata } from '@weir/ppspp';
import { ContentProof } from './content-proof';
import { ContentError, reasonOf, systemCode } from './errors';
import { ExtentBits } from './extent-bits';
import { readAt } from './file-access';
import { extentBytes, extentBytesMax, extentCount } from './geometry';
import { HashBlocks } from './hash-blocks';
import { PartialRecord, partialRecordPath, type PartialClaims } from './partial-record';
import { scanContent, type ScanWatch } from './scan';

/** An output that is open for reading and writing. */
export interface OutputFile {
  readonly path: string;
  readonly file: FileHandle;
  /** Nothing was there before: what stays empty may be removed again. */
  readonly isNew: boolean;
}

/** Opens the file that content is fetched into, with whatever is in it. Rejects with `OUTPUT_UNWRITABLE`. */
export async function openOutput(path: string): Promise<OutputFile> {
  let output: OutputFile;
  try {
    output = await openOrCreate(path);
    if ((await output.file.stat()).isFile()) return output;
  } catch (cause) {
    throw new ContentError('OUTPUT_UNWRITABLE', path, `cannot be written: ${reasonOf(cause)}`, { cause });
  }
  await output.file.close();
  throw new ContentError('OUTPUT_UNWRITABLE', path, 'cannot be written: it is not a regular file');
}

async function openOrCreate(path: string): Promise<OutputFile> {
  try {
    return { path, file: await open(path, 'r+'), isNew: false };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return { path, file: await open(path, 'wx+'), isNew: true };
  }
}

/**
 * Finds out what the file has of the swarm already: every extent that its record claims is read and proven again, and
 * a file without a record is either empty or the whole content. Undefined if there is nothing.
 */
export async function resume(
  output: OutputFile,
  metadata: SwarmMetadata,
  watch: ScanWatch,
): Promise<PartialClaims | undefined> {
  const claims = await readRecord(output.path, metadata);
  if (claims !== undefined) return proven(output, claims, watch);
  if ((await output.file.stat()).size === 0) return isEmpty(metadata) ? nothingOf(metadata) : undefined;
  if (integrityOf(metadata) === 'none') {
    const problem =
      'is there already, and nothing can prove whose content it has; move it away or choose another --out';
    throw new ContentError('OUTPUT_EXISTS', output.path, problem);
  }
  const { record, blocks } = await scanContent(output.file, output.path, metadata, watch);
  if (record.metadata.swarmId !== metadata.swarmId) {
    const problem = 'has other content already, and no record of a partial one; move it away or choose another --out';
    throw new ContentError('OUTPUT_EXISTS', output.path, problem);
  }
  const extents = new ExtentBits(extentCount(record.chunkCount));
  for (let index = 0; index < extents.count; index++) extents.add(index);
  return { record, extents, blocks };
}

/** The hash over no chunk is all zeros; without hashes the size says it. RFC 7574 section 5.1. */
function isEmpty(metadata: SwarmMetadata): boolean {
  switch (integrityOf(metadata)) {
    case 'merkle':
      return /^0+$/.test(metadata.swarmId);
    case 'none':
      return metadata.contentBytes === 0;
  }
}

/** Content without bytes is complete as it is. */
function nothingOf(metadata: SwarmMetadata): PartialClaims {
  const record = { metadata, chunkCount: 0, peaks: [], contentBytes: 0 };
  return { record, extents: new ExtentBits(0), blocks: new HashBlocks(metadata.hash) };
}

async function readRecord(path: string, metadata: SwarmMetadata): Promise<PartialClaims | undefined> {
  const place = partialRecordPath(path);
  let claims: PartialClaims | undefined;
  try {
    claims = await PartialRecord.read(place);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new ContentError('PARTIAL_DAMAGED', place, `cannot be read: ${reasonOf(cause)}`, { cause });
  }
  if (claims === undefined) throw damaged(place);
  const other = claims.record.metadata;
  const differing = (['swarmId', 'integrity', 'hash', 'addressing', 'chunkSize'] as const).find(
    (key) => other[key] !== metadata[key],
  );
  if (differing === undefined) return claims;
  const problem = `is the record of a partial file with ${differing} ${other[differing] ?? 'merkle'}, not ${metadata[differing] ?? 'merkle'}`;
  throw new ContentError('PARTIAL_FOREIGN', place, `${problem}; remove it with its file, or choose another --out`);
}

function damaged(place: string): ContentError {
  const problem = 'is not the record of a partial file, or is damaged; remove it with its file to start anew';
  return new ContentError('PARTIAL_DAMAGED', place, problem);
}

/** What is left of the claims once each is checked against the swarm ID. */
async function proven({ path, file }: OutputFile, claims: PartialClaims, watch: ScanWatch): Promise<PartialClaims> {
  const proof = ContentProof.of(claims.record);
  if (proof === undefined) throw damaged(partialRecordPath(path));
  const { hash, chunkSize } = claims.record.metadata;
  const extents = new ExtentBits(claims.extents.count);
  let [contentBytes, checked]: [number | undefined, number] = [undefined, 0];
  for (const index of claims.extents) {
    watch.signal?.throwIfAborted();
    const position = index * extentBytes(chunkSize);
    const bytes = await readAt(file, position, extentBytesMax(claims.record, index));
    if (proof.subtreeOf(index, bytes, claims.blocks.proof) !== undefined) {
      extents.add(index);
      if (index === extents.count - 1) contentBytes = position + bytes.length;
    }
    watch.onProgress?.(++checked * extentBytes(chunkSize), claims.extents.size * extentBytes(chunkSize));
  }
  const blocks = new HashBlocks(hash, proof.takeBlocks());
  return { record: { ...claims.record, contentBytes }, extents, blocks };
}
