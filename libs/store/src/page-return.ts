import { closeSync, fdatasyncSync, fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { type GuardAddon, guardAddon } from './guard-addon';
import { freePages } from './integrity/free-list';
import { FilePages, newestMeta } from './integrity/inspect-pages';
import type { PageSet } from './integrity/page-set';

/** Runs that are given back between two looks at the clock and at what is free now. */
const runsPerStep = 64;

/** A pass takes so long, or as long again as reading the list of free pages did: commits wait meanwhile. */
const passMillisMin = 5;

/** What a file takes of its disk is told in blocks of this size, whatever the disk's own is. */
const blockBytes = 512;

/** Bytes that an open file takes of its disk: holes take none. */
export function takenBytesOf({ blocks }: { readonly blocks: number }): number {
  return blocks * blockBytes;
}

/**
 * Gives pages of the store's file in which nothing is stored back to the disk, as holes: the file keeps its length and takes less. A
 * page is given back only if no snapshot uses it that anybody reads, that is last on disk, or that would take the last one's
 * place if that turned out to be damaged: those that LMDB itself would write over next.
 *
 * Where the addon is not built, or the file system knows no holes, nothing is given back.
 */
export class PageReturn {
  /** Where the next pass begins: every part of the file has its turn. */
  private from = 0;
  private isPossible: boolean;

  constructor(
    private readonly file: string,
    /** The oldest transaction that anybody reads. */
    private readonly oldestRead: () => number,
    private readonly addon: GuardAddon | undefined = guardAddon(),
  ) {
    this.isPossible = addon?.release !== undefined;
  }

  /** False once it is known that nothing can be given back. */
  get works(): boolean {
    return this.isPossible;
  }

  /**
   * Gives back `bytes` or some more, or as much as there is and as a short pass can; answers how much that was. Nobody may write
   * meanwhile. Throws what the file system does.
   */
  giveBack(bytes: number): number {
    if (!this.isPossible) return 0;
    const descriptor = openSync(this.file, 'r+');
    try {
      const started = performance.now();
      // What is on disk has to be what the list of free pages belongs to.
      fdatasyncSync(descriptor);
      const free = this.freeIn(descriptor);
      const readMillis = performance.now() - started;
      const until = performance.now() + Math.max(passMillisMin, readMillis);
      return free === undefined ? 0 : this.release(descriptor, free, { bytes, until });
    } finally {
      closeSync(descriptor);
    }
  }

  private freeIn(descriptor: number): PageSet | undefined {
    const source = new FilePages(descriptor);
    const meta = newestMeta(source);
    // One that is not flushed gives way to an older one when the machine goes down, whose pages are then needed.
    if (meta?.isFlushed !== true) return undefined;
    return freePages(source, meta, Math.min(meta.transaction, this.oldestRead()));
  }

  private release(descriptor: number, free: PageSet, { bytes, until }: { bytes: number; until: number }): number {
    const taken = (): number => takenBytesOf(fstatSync(descriptor));
    const before = taken();
    let given = 0;
    for (const step of stepsOf(free, this.from)) {
      if (!this.releaseStep(descriptor, step)) break;
      this.from = (step.at(-2) ?? 0) + (step.at(-1) ?? 0);
      given = before - taken();
      if (given >= bytes || performance.now() >= until) break;
    }
    return Math.max(0, given);
  }

  private releaseStep(descriptor: number, runs: Float64Array): boolean {
    const failure = this.addon?.release?.(descriptor, runs) ?? constants.errno.EOPNOTSUPP;
    // A disk that cannot do it now may do it later; a file system that cannot, never will.
    if (failure === constants.errno.EOPNOTSUPP || failure === constants.errno.ENOSYS) this.isPossible = false;
    return failure === 0;
  }
}

/** All runs once, from the first behind `from` on and then from the beginning, some at a time. */
function* stepsOf(free: PageSet, from: number): Generator<Float64Array> {
  let step: number[] = [];
  for (const [first, count] of rotated(free, from)) {
    step.push(first, count);
    if (step.length < 2 * runsPerStep) continue;
    yield Float64Array.from(step);
    step = [];
  }
  if (step.length > 0) yield Float64Array.from(step);
}

function* rotated(free: PageSet, from: number): Generator<readonly [number, number]> {
  yield* free.runs(from);
  for (const run of free.runs()) {
    if (run[0] >= from) return;
    yield run;
  }
}
