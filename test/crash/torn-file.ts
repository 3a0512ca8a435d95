import type { Dice } from './dice';

const pageBytes = 4096;

/** What a power failure makes of pages that were on their way to the disk. */
export type Tear = 'reverted' | 'zeroed' | 'halved';

/** Ways in which the last writes to a file can have failed. */
export const tears: readonly Tear[] = ['reverted', 'zeroed', 'halved'];

/**
 * A data file as a disk may have it that lied about what it had: of the pages that changed between `before` and `after`, some are
 * as they were before, empty, or new in their first half only. The meta pages are among them.
 */
export function tornFile(before: Buffer, after: Buffer, tear: Tear, dice: Dice): Buffer {
  const torn = Buffer.from(after);
  const share = 0.05 + 0.9 * dice.share();
  for (let from = 0; from < after.length; from += pageBytes) {
    const to = from + pageBytes;
    const hasChanged = Buffer.compare(before.subarray(from, to), after.subarray(from, to)) !== 0;
    if (!hasChanged || !dice.chance(share)) continue;
    const begin = tear === 'halved' ? from + pageBytes / 2 : from;
    torn.fill(0, begin, to);
    if (tear !== 'zeroed') torn.set(before.subarray(begin, to), begin);
  }
  return torn;
}
