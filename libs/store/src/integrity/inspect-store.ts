import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BootMark } from '../boot-mark';
import { diskSpaceAt } from '../disk';
import { pageBytes } from '../footprint';
import { StoreError } from '../errors';
import { diskReserve } from '../limits';
import type { Finding, Remedy } from './finding';
import { type PageReport, inspectPages } from './inspect-pages';
import type { MetaSlot } from './meta-page';
import { header, headerBytes, magicNumber, meta } from './page-layout';
import { syncDirectory } from './sealed-file';
import { headOf, type ValuePages } from './value-head';

/** A damaged data file is kept beside the new one, one at a time, for whoever wants to know what happened to it. */
export const damagedFileName = 'data.mdb.damaged';

/** What an inspection before opening found and did. */
export interface StoreInspection {
  /** Undefined where there was nothing to look at. */
  readonly report: PageReport | undefined;
  /** None, if the file is whole. */
  readonly findings: readonly Finding[];
}

/**
 * Inspects a store's data file before LMDB maps it, and sees to it that LMDB finds nothing damaged: if the newest transaction is,
 * the one before takes its place where that is whole; else the file is set aside and the store begins anew, because what is
 * in it can be fetched again. A file that is none of LMDB's is left alone, to be refused; unless it `isOurs`. One that
 * `isGivenUp` is set aside, whole or not.
 *
 * Nobody may have the store open. Throws what the file system does where the file cannot be opened or moved, and STORE_UNREADABLE, having
 * changed nothing, where the disk does not give up its pages: what cannot be read now is not therefore damaged.
 */
export function inspectStore(
  directory: string,
  capacityBytes: number,
  now: number,
  { isOurs = false, isGivenUp = false }: Partial<Pick<BootMark, 'isOurs' | 'isGivenUp'>> = {},
): StoreInspection {
  const file = join(directory, 'data.mdb');
  const isTaken = existsSync(file) && statSync(file).size > 0 && (isOurs || !isForeign(file));
  if (!isTaken) return { report: undefined, findings: [] };
  if (!isGivenUp) return inspected(file, capacityBytes, now);
  const detail = 'the store failed again and again since the machine went down';
  return { report: undefined, findings: [pages(now, setAside(file, capacityBytes), detail)] };
}

function inspected(file: string, capacityBytes: number, now: number): StoreInspection {
  const report = inspectPages(file);
  const { verdict, damage, slot } = report;
  const heads = mendHeads(file, report.brokenHeads, now);
  if (verdict === 'whole' || verdict === 'empty') return { report, findings: heads };
  if (damage?.fault === 'unreadable') throw unreadable(file, damage.pageNumber);
  const remedy = verdict === 'previous' && slot !== undefined ? rollBack(file, slot) : setAside(file, capacityBytes);
  const where = damage === undefined ? '' : `${damage.fault} of tree ${damage.tree}, page ${damage.pageNumber}`;
  return { report, findings: [pages(now, remedy, where), ...heads] };
}

function mendHeads(file: string, broken: readonly ValuePages[], when: number): Finding[] {
  if (broken.length === 0) return [];
  const descriptor = openSync(file, 'r+');
  try {
    for (const value of broken) writeSync(descriptor, headOf(value), 0, undefined, value.first * pageBytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const detail = 'the head of the pages of a value was not what was written';
  return broken.map(() => ({ when, kind: 'overflow', foundBy: 'start', remedy: 'mended', detail }));
}

function unreadable(file: string, pageNumber: number): StoreError {
  const remedy = 'Check the disk. If it will not give it up again, erase the file: what is in it can be fetched again.';
  return new StoreError('STORE_UNREADABLE', `Page ${pageNumber} of ${file} cannot be read. ${remedy}`, {
    file,
    pageNumber,
  });
}

function pages(when: number, remedy: Remedy, detail: string): Finding {
  return { when, kind: 'pages', foundBy: 'start', remedy, detail };
}

/** Neither of its first pages has LMDB's number. */
function isForeign(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const heads = [0, pageBytes].map((from) => {
      const head = Buffer.alloc(4);
      readSync(descriptor, head, 0, 4, from + headerBytes + meta.magic);
      return head.readUInt32LE();
    });
    return !heads.includes(magicNumber);
  } catch {
    // Unreadable is not foreign: the inspection says what it is.
    return false;
  } finally {
    closeSync(descriptor);
  }
}

/** Both metas become that of the whole snapshot, as LMDB's own way back does it; the older one a transaction earlier. */
function rollBack(file: string, slot: MetaSlot): Remedy {
  const descriptor = openSync(file, 'r+');
  try {
    const page = Buffer.alloc(pageBytes);
    readSync(descriptor, page, 0, pageBytes, slot * pageBytes);
    const other = Buffer.from(page);
    const at = headerBytes + meta.transaction;
    other.writeBigUInt64LE(BigInt(1 - slot), header.pageNumber);
    const transaction = page.readBigUInt64LE(at);
    other.writeBigUInt64LE(transaction === 0n ? 0n : transaction - 1n, at);
    writeSync(descriptor, other, 0, headerBytes + meta.bytes, (1 - slot) * pageBytes);
    fsyncSync(descriptor);
    return 'rolled-back';
  } finally {
    closeSync(descriptor);
  }
}

/** Kept only where the disk has room for it beside a full store. */
function setAside(file: string, capacityBytes: number): Remedy {
  const directory = join(file, '..');
  const aside = join(directory, damagedFileName);
  rmSync(aside, { force: true });
  const { freeBytes, totalBytes } = diskSpaceAt(directory);
  const hasRoom = freeBytes - capacityBytes >= totalBytes * diskReserve;
  if (hasRoom) renameSync(file, aside);
  else rmSync(file);
  rmSync(join(directory, 'lock.mdb'), { force: true });
  syncDirectory(directory);
  return hasRoom ? 'set-aside' : 'begun-anew';
}
