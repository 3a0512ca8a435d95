import { wideNumber } from './page-layout';
import type { PageSet } from './page-set';

/** A negative number says how many pages begin at the number behind it: LMDB's list of free pages as `lmdb` writes it. */
const signBit = 2 ** 63;

/**
 * Notes the free pages that one value of the list names; false if it breaks its form, or names a page that is used, free
 * already, or beyond the last.
 */
export function takeFree(value: Uint8Array, taken: PageSet): boolean {
  if (value.length < 8 || value.length % 8 !== 0) return false;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const words = wideNumber(view, 0);
  if (words > value.length / 8 - 1) return false;
  for (let index = 1; index <= words; index++) {
    const entry = wideNumber(view, index * 8);
    if (entry === 0) continue;
    if (entry < signBit) {
      if (!taken.add(entry)) return false;
      continue;
    }
    if (++index > words) return false;
    if (!taken.add(wideNumber(view, index * 8), lengthOf(view, (index - 1) * 8))) return false;
  }
  return true;
}

/** The magnitude of a negative number of 64 bits; exact for any that can be. */
function lengthOf(view: DataView, at: number): number {
  const length = -view.getBigInt64(at, true);
  return length <= Number.MAX_SAFE_INTEGER ? Number(length) : 0;
}
