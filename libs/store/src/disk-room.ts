import { type Ballast, ballastBytes } from './ballast';
import type { DiskSpace } from './disk';
import { FileBound, transactionGrowthMax, transactionShare } from './file-bound';
import { diskReserve, fileExcess } from './limits';
import type { Tables } from './tables';

/** What the file takes at most for a capacity. */
const filePart = 1 + fileExcess;

/** Given back at a time, at the least, as a part of what may be held: the list of free pages is read for it. */
const returnShare = 1 / 64;

/** Evicted in one transaction to make way for others on the disk: 16 MiB, so that it takes no longer than one that writes. */
const evictedBytesMax = 16 * 2 ** 20;

/** What a store has. */
export interface Held {
  /** On disk and in memory. */
  readonly heldBytes: number;
  readonly storedBytes: number;
}

/** What the writer's disk room stands on. */
export interface DiskRoomParts {
  readonly capacityBytes: number;
  readonly look: () => DiskSpace;
  readonly tables: Pick<Tables, 'returns' | 'giveBack'>;
  /** For erasures and other upkeep when nothing else is left of the disk; none, if left out. */
  readonly ballast?: Ballast | undefined;
}

/**
 * What the disk lets the store hold and write. At least 5 % of it stay free: where the file can give pages back to the disk, nothing is
 * written that could take it below that, and what somebody else takes of it is made up for by holding less. Where it cannot, it
 * grows no more below 5 %, turns over what it has, and takes nothing below half of that.
 */
export class DiskRoom {
  private readonly bound: FileBound;
  /** The file was larger than the capacity allows when it was opened: it keeps its length, and takes less of the disk. */
  private readonly isOverlong: boolean;
  private space: DiskSpace;
  /** Bytes that the transaction at hand may still write. */
  private leftBytes = 0;
  /** The most that was stored in this run: so large the file is, whatever was removed since. */
  private highWaterBytes = 0;

  constructor(private readonly parts: DiskRoomParts) {
    const { capacityBytes, look } = parts;
    this.space = look();
    const { fileBytes = 0 } = this.space;
    this.isOverlong = fileBytes > capacityBytes * filePart;
    this.bound = new FileBound(capacityBytes, this.isOverlong ? fileBytes : capacityBytes);
  }

  /** Bytes that may be held, as of the last look: the capacity, or less where the disk has no room for it. */
  get usableBytes(): number {
    const { capacityBytes } = this.parts;
    const { takenBytes = 0 } = this.space;
    if (!this.returns) return capacityBytes;
    // Room for a transaction stays beside what is held: what that replaces is free only afterwards.
    const forUs = takenBytes + this.spareBytes - transactionGrowthMax(0);
    return Math.max(0, Math.min(capacityBytes, Math.floor(forUs / (filePart + 2 * transactionShare))));
  }

  /** Bytes of content that one transaction may write: a part of what is held, as pages that it frees are used two transactions later. */
  get transactionBytesMax(): number {
    return Math.floor(this.usableBytes * transactionShare);
  }

  /** Whether the disk has room for a transaction that frees nothing. */
  get hasUpkeep(): boolean {
    return this.space.freeBytes >= ballastBytes / 2;
  }

  /** Before a transaction that is to write `bytes`: looks at the disk, and has the file give back what they may need. */
  begin(bytes: number): void {
    this.look();
    const { freeBytes, totalBytes } = this.space;
    if (this.returns) {
      const needed = transactionGrowthMax(Math.max(bytes, this.transactionBytesMax));
      if (this.growthBytes < needed) this.giveBack(needed - this.growthBytes);
      this.leftBytes = (this.growthBytes - transactionGrowthMax(0)) / 2;
    } else this.leftBytes = freeBytes - (totalBytes * diskReserve) / 2;
  }

  /**
   * Bytes that may be held in a transaction that writes `bytes`. `now` is in seconds. Where nothing may be written, the capacity: what is
   * refused is no reason for what is there to leave.
   */
  limitFor(bytes: number, { heldBytes, storedBytes }: Held, now: number): number {
    const { capacityBytes } = this.parts;
    this.highWaterBytes = Math.max(this.highWaterBytes, storedBytes);
    const inFile = this.bound.limitFor(this.space, bytes, now);
    if (inFile === 0) this.leftBytes = -1;
    if (this.leftBytes <= 0) return capacityBytes;
    if (this.returns) return Math.min(inFile, this.nextLimit(heldBytes));
    const mayGrow = this.space.freeBytes - bytes >= this.space.totalBytes * diskReserve;
    return mayGrow ? inFile : Math.min(inFile, this.highWaterBytes);
  }

  /** Whether this transaction may write as much more. */
  mayWrite(bytes: number): boolean {
    return bytes <= this.leftBytes;
  }

  /** Notes what this transaction writes. */
  wrote(bytes: number): void {
    this.leftBytes -= bytes;
  }

  /**
   * Looks at the disk, and has the file give back what the disk lacks of what should be free, and what the file takes too much. Answers the
   * bytes that are still too many.
   */
  tend(): number {
    this.look();
    if (this.growthBytes < 0 && this.returns) this.giveBack(-this.growthBytes);
    if (this.spareBytes >= 0) this.parts.ballast?.hold();
    return this.returns ? Math.max(0, -this.growthBytes) : 0;
  }

  /** How far one transaction may go on the way to `usableBytes`, where `heldBytes` are held. */
  nextLimit(heldBytes: number): number {
    return Math.max(this.usableBytes, heldBytes - evictedBytesMax);
  }

  /** Whether what the file does not need can be given back to the disk. */
  private get returns(): boolean {
    return this.parts.tables.returns && this.space.takenBytes !== undefined;
  }

  /** Bytes that the file may take beside what it takes; below zero where it takes too much. */
  private get growthBytes(): number {
    const { takenBytes = 0 } = this.space;
    const inBound = this.isOverlong ? this.parts.capacityBytes * filePart - takenBytes : Number.MAX_SAFE_INTEGER;
    return Math.min(this.spareBytes, inBound);
  }

  /** Bytes that are free beside what has to be; below zero by what is lacking. */
  private get spareBytes(): number {
    const { freeBytes, totalBytes } = this.space;
    const upkeepBytes = this.parts.ballast?.isHeld === true ? 0 : ballastBytes;
    return freeBytes - totalBytes * diskReserve - upkeepBytes;
  }

  /** A disk that is so full that not even an erasure may find room has the ballast for it. */
  private look(): void {
    const { look, ballast } = this.parts;
    this.space = look();
    if (this.space.freeBytes >= ballastBytes || ballast?.isHeld !== true) return;
    ballast.drop();
    this.space = look();
  }

  private giveBack(bytes: number): void {
    this.parts.tables.giveBack(Math.max(bytes, this.usableBytes * returnShare));
    this.space = this.parts.look();
  }
}
