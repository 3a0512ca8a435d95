import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors';

/** Beside LMDB's own files. It stays when the lock is given back: a file that is removed can be locked twice. */
const fileName = 'weir.lock';

/** What `flock` ends with when somebody else has the lock. */
const takenStatus = 1;

/**
 * The right to write to a directory: of two writers each would account for its own bytes alone, and evict what the other
 * serves. The kernel holds it for an open file and gives it back with the process, however that ends.
 *
 * Node cannot lock a file, but a lock belongs to whoever has the same open file: `flock` of util-linux takes it for us. Where
 * that tool is not, nothing is guarded.
 */
export class StoreLock {
  private constructor(private readonly descriptor: number) {}

  /** Throws `STORE_LOCKED` while another process has it, or `STORE_FAILED` if its file cannot be made. */
  static take(directory: string): StoreLock {
    const descriptor = opened(directory);
    const { status, error } = spawnSync('flock', ['-x', '-n', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    });
    if (error === undefined && status === takenStatus) {
      const owner = ownerOf(directory);
      closeSync(descriptor);
      throw taken(directory, owner);
    }
    sign(descriptor);
    return new StoreLock(descriptor);
  }

  release(): void {
    closeSync(this.descriptor);
  }
}

function opened(directory: string): number {
  try {
    return openSync(join(directory, fileName), 'a+');
  } catch (cause) {
    const remedy = `The store in ${directory} cannot be opened. Check that it is a directory we may use, and its disk.`;
    throw new StoreError('STORE_FAILED', remedy, { directory }, { cause });
  }
}

/** The lock holds without it: a full disk has no room for a name. */
function sign(descriptor: number): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`);
  } catch {
    // Whoever is refused is told `?`.
  }
}

/** For people: in a container of its own a process has another number. */
function ownerOf(directory: string): string {
  return /^\d{1,10}(?=\n$)/.exec(readFileSync(join(directory, fileName), 'utf8'))?.[0] ?? '?';
}

function taken(directory: string, owner: string): StoreError {
  const message = `The store in ${directory} is in use by process ${owner}. Stop that one, or choose another directory.`;
  return new StoreError('STORE_LOCKED', message, { directory, owner });
}
