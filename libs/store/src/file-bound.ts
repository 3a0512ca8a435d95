import type { DiskSpace } from './disk';
import { pageBytes } from './footprint';
import { fileExcess } from './limits';

/** What the file may be larger than the capacity, as a part of it, before less is held: what commits turn over always needs some. */
const slack = 0.01;

/** As many times as much as the file grew is held less: holes are what is used again, and it is their size that matters. */
const response = 8;

/** Of what was held less, this part of what is written meanwhile without growth is held again. */
const recovery = 1 / 16;

/** As much is always held. So empty a file has room for anything. */
const shareMin = 0.25;

/** Pages that a commit changes beside what it writes: of trees, and of the list of free pages. */
const overheadBytes = 64 * pageBytes;

/** Part of the capacity that one transaction may write, as pages that it frees are used two transactions later. */
export const transactionShare = 1 / 128;

/** Bytes that the file may grow by in a transaction that writes `bytes`, at the most. */
export function transactionGrowthMax(bytes: number): number {
  return 2 * (bytes + overheadBytes);
}

/** Seconds in which nothing is taken once a file grew that had room enough: somebody reads what was there, and keeps it from being used. */
const pauseSeconds = 5;

/**
 * Keeps a store's file from growing above its capacity and 5 %. The file never becomes smaller, and its holes are of all sizes: what does not
 * fit into one makes it grow. So less is held, as far as it grows above the capacity, until what is written finds room.
 */
export class FileBound {
  private loweredBytes = 0;
  private lastBytes = 0;
  /** When the last pause began. */
  private pausedAt = Number.NEGATIVE_INFINITY;

  /** @param baseBytes how long the file may become without its excess: the capacity, unless it was longer before. */
  constructor(
    private readonly capacityBytes: number,
    private readonly baseBytes = capacityBytes,
  ) {}

  /** Bytes that may be held when `bytes` are about to be written; 0: take nothing now. `now` is in seconds. */
  limitFor({ fileBytes }: DiskSpace, bytes: number, now: number): number {
    if (fileBytes === undefined) return this.capacityBytes;
    const growth = this.lastBytes === 0 ? 0 : fileBytes - this.lastBytes;
    this.lastBytes = fileBytes;
    const most = this.baseBytes + this.capacityBytes * fileExcess - transactionGrowthMax(bytes);
    const least = Math.min(this.baseBytes + this.capacityBytes * slack, most - this.capacityBytes * fileExcess);
    const excess = Math.min(1, Math.max(0, (fileBytes - least) / (most - least)));
    if (excess === 1 && growth > 0) this.pausedAt = now;
    // A clock that is set back ends it.
    if (now >= this.pausedAt && now < this.pausedAt + pauseSeconds) return 0;
    const change = growth > 0 && excess > 0 ? response * growth : -bytes * recovery;
    const floor = this.capacityBytes * excess ** 2;
    const ceiling = this.capacityBytes * (1 - shareMin);
    this.loweredBytes = Math.min(ceiling, Math.max(floor, this.loweredBytes + change));
    return Math.floor(this.capacityBytes - this.loweredBytes);
  }
}
