import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { StoreError } from './errors';
import { type GuardAddon, guardAddon } from './guard-addon';

/** What LMDB needs for the most readers that are allowed, and more; it lengthens a file that is too short. */
export const tableBytes = 64 * 1024;

/** What a disk says that has no more room, for anybody or for us. */
const fullErrors: readonly number[] = [constants.errno.ENOSPC, constants.errno.EDQUOT];

/**
 * Has LMDB's table of readers in memory, and on disk in full, before LMDB maps it and writes to it: a page of it that cannot be read, or a
 * hole for which the disk has no room, would end the process. One that cannot be read is made anew, as at any start. Throws
 * STORE_UNREADABLE where that cannot be, either, and STORE_NO_ROOM where a table that is copied or too short does not fit.
 */
export function warmReaderTable(
  directory: string,
  addon: Pick<GuardAddon, 'reserve'> | undefined = guardAddon(),
): void {
  const file = join(directory, 'lock.mdb');
  if (!isReadable(file)) remade(file);
  else if (hasNoRoom(file, addon)) {
    const remedy = `${file} cannot be kept: the disk is full. Free the disk.`;
    throw new StoreError('STORE_NO_ROOM', remedy, { file, bytes: tableBytes });
  }
}

function isReadable(file: string): boolean {
  try {
    return existsSync(file) && readFileSync(file).length > 0;
  } catch {
    return false;
  }
}

/** Where the file system cannot tell, what is there has to do. */
function hasNoRoom(file: string, addon: Pick<GuardAddon, 'reserve'> | undefined): boolean {
  const descriptor = openSync(file, 'r+');
  try {
    return fullErrors.includes(addon?.reserve?.(descriptor, tableBytes) ?? 0);
  } finally {
    closeSync(descriptor);
  }
}

function remade(file: string): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, new Uint8Array(tableBytes));
  } catch (cause) {
    removed(file);
    const remedy = 'Check the disk, and its free space.';
    throw new StoreError('STORE_UNREADABLE', `${file} can be neither read nor made. ${remedy}`, { file }, { cause });
  }
}

/** What was made in part is none. */
function removed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The disk takes nothing at all.
  }
}
