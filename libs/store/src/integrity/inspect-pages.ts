import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { pageBytes } from '../footprint';
import { guardAddon } from '../guard-addon';
import { type EntryListener, inspectSnapshot } from './inspect-snapshot';
import { type Meta, type MetaSlot, decodeMeta } from './meta-page';
import type { PageDamage, PageSource } from './tree-walk';
import type { ValuePages } from './value-head';

/** What an inspection of a data file found. */
export interface PageReport {
  /**
   * `whole`: the newest snapshot is; `previous`: it is not, but the one before it is; `damaged`: neither; `empty`: there is
   * no file yet, or nothing in it.
   */
  readonly verdict: 'whole' | 'previous' | 'damaged' | 'empty';
  /** What is wrong with the newest snapshot. */
  readonly damage: PageDamage | undefined;
  /** The meta of the snapshot that is whole. */
  readonly slot: MetaSlot | undefined;
  /** Transaction of that snapshot. */
  readonly transaction: number;
  readonly pagesRead: number;
  /** See `SnapshotReport`. */
  readonly lostPages: number;
  /** See `SnapshotReport`. */
  readonly brokenHeads: readonly ValuePages[];
  readonly seconds: number;
}

/** How often a page is asked for before it counts as unreadable. */
const readAttempts = 3;

/** A file's pages by positioned reads: nothing is mapped, and a disk that fails is an answer and no signal. */
export class FilePages implements PageSource {
  private length: number;
  private buffer = Buffer.allocUnsafeSlow(32 * pageBytes);

  constructor(private readonly descriptor: number) {
    this.length = pagesOf(descriptor);
  }

  /** As of when it was measured last. */
  get pages(): number {
    return this.length;
  }

  /** The file may have grown. */
  measure(): void {
    this.length = pagesOf(this.descriptor);
  }

  /** A disk that is asked for many pages at a time gives them many times as fast. */
  expect(pages: Float64Array): void {
    guardAddon()?.expect(this.descriptor, pages);
  }

  read(first: number, count: number): Uint8Array | undefined {
    const bytes = count * pageBytes;
    if (first + count > this.pages) return undefined;
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(bytes);
    for (let attempt = 0; attempt < readAttempts; attempt++) {
      try {
        const done = readSync(this.descriptor, this.buffer, 0, bytes, first * pageBytes);
        if (done === bytes) return this.buffer.subarray(0, bytes);
      } catch {
        // What a disk does not give once it may give the next time.
      }
    }
    return undefined;
  }
}

function pagesOf(descriptor: number): number {
  return Math.floor(fstatSync(descriptor).size / pageBytes);
}

/**
 * Inspects a data file that nobody writes to. Reads it by positioned reads alone: LMDB believes its pages, and what a flipped bit
 * makes of them may end the process that maps them. Throws what `open` does if the file is there and cannot be opened.
 */
export function inspectPages(file: string): PageReport {
  const started = performance.now();
  const descriptor = openSync(file, 'r');
  try {
    const report = inspectSource(new FilePages(descriptor), fstatSync(descriptor).size);
    return { ...report, seconds: (performance.now() - started) / 1000 };
  } finally {
    closeSync(descriptor);
  }
}

/** As `inspectPages`, of pages wherever they are. */
export function inspectSource(source: PageSource, bytes: number): Omit<PageReport, 'seconds'> {
  const nothing = { damage: undefined, slot: undefined, transaction: 0, pagesRead: 0, lostPages: 0, brokenHeads: [] };
  if (bytes === 0) return { ...nothing, verdict: 'empty' };
  const hidden = unreadableMeta(source);
  if (hidden !== undefined) return { ...nothing, verdict: 'damaged', damage: hidden };
  const metas = metasOf(source);
  const suspect = suspectMeta(metas);
  const candidates = newestFirst(metas);
  let first: PageDamage | undefined = suspect;
  for (const { meta, slot } of candidates) {
    const { damage, ...rest } = inspectSnapshot(source, meta);
    if (damage === undefined) {
      const verdict = first === undefined ? 'whole' : 'previous';
      return { verdict, damage: first, slot, transaction: meta.transaction, ...rest };
    }
    first ??= damage;
  }
  return { ...nothing, verdict: 'damaged', damage: first ?? { fault: 'meta', tree: 'meta', pageNumber: 0 } };
}

/**
 * The snapshot that LMDB would take, walked for what is in it; undefined if its structure is damaged. With `hidden` it goes round what
 * cannot be read.
 */
export function walkNewest(source: PageSource, onEntry: EntryListener, hidden?: PageDamage[]): Meta | undefined {
  const [newest] = newestFirst(metasOf(source));
  if (newest === undefined) return undefined;
  return inspectSnapshot(source, newest.meta, onEntry, hidden).damage === undefined ? newest.meta : undefined;
}

/** The meta that LMDB would take, of a file that nobody writes to now. Undefined if there is none. */
export function settledMeta(source: PageSource): Meta | undefined {
  return newestFirst(metasOf(source))[0]?.meta;
}

/** The meta that LMDB would take, read until two reads agree: a writer may be at it. Undefined if there is none. */
export function newestMeta(source: PageSource): Meta | undefined {
  for (let attempt = 0; attempt < metaReadsMax; attempt++) {
    const [first] = newestFirst(metasOf(source));
    const [again] = newestFirst(metasOf(source));
    if (first !== undefined && JSON.stringify(first) === JSON.stringify(again)) return first.meta;
  }
  return undefined;
}

/** More than a writer can spoil in a row. */
const metaReadsMax = 16;

interface Candidate {
  readonly meta: Meta;
  readonly slot: MetaSlot;
}

/** A meta that is in the file and cannot be read: that is another matter than one that is wrong. */
function unreadableMeta(source: PageSource): PageDamage | undefined {
  const pageNumber = [0, 1].find((slot) => slot < source.pages && source.read(slot, 1) === undefined);
  return pageNumber === undefined ? undefined : { fault: 'unreadable', tree: 'meta', pageNumber };
}

function metasOf(source: PageSource): readonly (Meta | undefined)[] {
  return [metaIn(source, 0), metaIn(source, 1)];
}

function metaIn(source: PageSource, slot: MetaSlot): Meta | undefined {
  const bytes = source.read(slot, 1);
  return bytes && decodeMeta(bytes, slot);
}

/** Of the metas one is broken, or they are not of successive transactions: then the newest of them may be missing. */
function suspectMeta([even, odd]: readonly (Meta | undefined)[]): PageDamage | undefined {
  if (even === undefined || odd === undefined) {
    return { fault: 'meta', tree: 'meta', pageNumber: even === undefined ? 0 : 1 };
  }
  const apart = Math.abs(even.transaction - odd.transaction);
  return apart <= 1 ? undefined : { fault: 'meta', tree: 'meta', pageNumber: 0 };
}

function newestFirst([even, odd]: readonly (Meta | undefined)[]): Candidate[] {
  const candidates: Candidate[] = [];
  if (even !== undefined) candidates.push({ meta: even, slot: 0 });
  if (odd !== undefined) candidates.push({ meta: odd, slot: 1 });
  return candidates.sort((one, other) => other.meta.transaction - one.meta.transaction || one.slot - other.slot);
}
