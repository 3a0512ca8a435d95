import { type SwarmRecord, subtreeOf } from '@weir/ppspp';
import type { EntryPlace } from '../integrity/entry-place';
import { headerBytes } from '../integrity/page-layout';
import { isHeadWhole } from '../integrity/value-head';
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
  if (overflow === undefined || isHeadWhole(run, overflow)) return undefined;
  return { kind: 'overflow', detail: 'the head of its pages is not what was written' };
}
