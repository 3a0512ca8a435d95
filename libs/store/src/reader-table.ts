import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors';

/** What LMDB needs for the most readers that are allowed, and more; it lengthens a file that is too short. */
const tableBytes = 64 * 1024;

/**
 * Has LMDB's table of readers in memory before LMDB maps it and writes to it: a page of it that cannot be read would end the process. One
 * that cannot be read is made anew, as at any start. Throws STORE_UNREADABLE where that cannot be, either.
 */
export function warmReaderTable(directory: string): void {
  const file = join(directory, 'lock.mdb');
  try {
    if (existsSync(file)) readFileSync(file);
    else writeFileSync(file, new Uint8Array(tableBytes));
  } catch {
    remade(file);
  }
}

function remade(file: string): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, new Uint8Array(tableBytes));
  } catch (cause) {
    const remedy = 'Check the disk, and its free space.';
    throw new StoreError('STORE_UNREADABLE', `${file} can be neither read nor made. ${remedy}`, { file }, { cause });
  }
}
