import type { Ballast } from './ballast';
import type { DiskSpace } from './disk';
import type { Judgement, SegmentUse } from './keeper';

/** What a writer must keep to. */
export interface WriterLimits {
  /** Bytes held by our account, on disk and in memory, never exceeded. */
  readonly capacityBytes: number;
  /** Asked before each transaction. */
  readonly disk: () => DiskSpace;
  /** Room for upkeep on a disk that others filled. */
  readonly ballast?: Ballast | undefined;
  /** Bytes of memory for what has yet to prove that it is wanted, once the store is all but full; none, if left out. */
  readonly probationBytes?: number | undefined;
  /** How it is judged what to keep; by the defaults, where left out. */
  readonly judgement?: Partial<Judgement> | undefined;
  /** Hears of each use, within the commit that tells of it. */
  readonly onUse?: ((use: SegmentUse) => void) | undefined;
}
