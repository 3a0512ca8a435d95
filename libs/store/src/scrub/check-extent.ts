import { type SwarmRecord, subtreeOf } from '@weir/ppspp';
import { pageBytes } from '../footprint';
import type { EntryPlace } from '../integrity/entry-place';
import { header, headerBytes, pageFlags } from '../integrity/page-layout';
import { Page } from '../integrity/page';
import { decodeExtent, decodeExtentKey } from '../keys';
import { chunksOf } from '../footprint';
import { StoreError } from '../errors';

/** What is wrong with an extent: its value, or only the head of its pages, which can be made anew. */
export interface ExtentDamage {
  readonly kind: 'extent' | 'overflow' | 'unreadable';
  readonly detail: string;
}

/**
 * Checks an extent as it lies on disk: the head of its pages, its seal, and that its hashes are those of its bytes. `run` is the
 * pages it has to itself, or undefined if they cannot be read.
 */
export function damageOf(
  place: EntryPlace,
  run: Uint8Array | undefined,
  record: SwarmRecord,
): ExtentDamage | undefined {
  if (run === undefined) return { kind: 'unreadable', detail: 'the disk does not give it back' };
  const value = run.subarray(headerBytes, headerBytes + place.valueBytes);
  return damageOfValue(place.key, value, record) ?? damageOfHead(place, run);
}

function damageOfValue(key: Uint8Array, value: Uint8Array, record: SwarmRecord): ExtentDamage | undefined {
  if (chunksOf(record, decodeExtentKey(key).index) === 0)
    return { kind: 'extent', detail: 'it lies beyond its content' };
  try {
    const { bytes, hashes } = decodeExtent(key, value);
    const computed = subtreeOf(record.metadata.hash, bytes, record.metadata.chunkSize);
    const isSame = Buffer.compare(computed, hashes) === 0;
    return isSame ? undefined : { kind: 'extent', detail: 'its hashes are not those of its bytes' };
  } catch (error) {
    if (error instanceof StoreError) return { kind: 'extent', detail: 'it is not what was written' };
    throw error;
  }
}

/** Of the head of a value's pages alone. LMDB goes by it when the value is removed: a wrong one would free pages of others. */
export function damageOfHead({ overflow }: EntryPlace, run: Uint8Array): ExtentDamage | undefined {
  if (overflow === undefined) return undefined;
  const expected = headOf(overflow);
  const page = new Page(run.slice(0, pageBytes));
  const isWhole =
    page.pageNumber === overflow.first &&
    page.transaction <= overflow.transaction &&
    page.flags === pageFlags.overflow &&
    Buffer.compare(run.subarray(header.lower, headerBytes), expected.subarray(header.lower)) === 0;
  return isWhole ? undefined : { kind: 'overflow', detail: 'the head of its pages is not what was written' };
}

/** The head that a run of pages has to have, as what leads to it says. */
export function headOf({ first, pages, transaction }: NonNullable<EntryPlace['overflow']>): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.writeBigUInt64LE(BigInt(first), header.pageNumber);
  head.writeBigUInt64LE(BigInt(transaction), header.transaction);
  head.writeUInt16LE(pageFlags.overflow, header.flags);
  head.writeUInt32LE(pages, header.overflowPages);
  return head;
}
