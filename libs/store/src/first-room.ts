import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Ballast, ballastBytes } from './ballast';
import { diskSpaceAt } from './disk';
import { StoreError } from './errors';
import { pageBytes } from './footprint';

/** Until LMDB has written its first two pages there is nothing in its file. */
const madeBytes = 2 * pageBytes;

/**
 * Sees to it that the disk has room for what a start writes. Throws STORE_NO_ROOM, and leaves nothing behind, where a store is to be made
 * and does not fit: LMDB ends the process if the disk is full just then. What is there already is opened on a full disk, too.
 */
export function mustHaveRoom(directory: string): void {
  const ballast = new Ballast(directory);
  if (isMade(directory)) {
    if (diskSpaceAt(directory).freeBytes < ballastBytes) ballast.drop();
    return;
  }
  // Only what was written shows that it can be: quotas are in nobody's statistics.
  ballast.hold();
  const { isHeld } = ballast;
  ballast.drop();
  if (isHeld) return;
  const remedy = `store.path = ${directory}: the disk has no room for a new store, which takes ${ballastBytes} bytes before it holds anything. Free the disk, or choose another directory.`;
  throw new StoreError('STORE_NO_ROOM', remedy, { directory, bytes: ballastBytes });
}

function isMade(directory: string): boolean {
  const { size = 0 } = statSync(join(directory, 'data.mdb'), { throwIfNoEntry: false }) ?? {};
  return size >= madeBytes;
}
