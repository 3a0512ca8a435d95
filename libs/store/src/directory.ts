import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StoreError } from './errors';

/**
 * Makes a directory and those above it, unless they exist. Throws STORE_FAILED where that is not possible.
 *
 * One by one: where the system says that a parent is missing though it is there, as Linux does below `/proc`, the
 * platform's own recursion never ends.
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let path = resolve(directory); !existsSync(path); path = dirname(path)) missing.unshift(path);
  try {
    for (const path of missing) mkdirSync(path);
  } catch (cause) {
    // Somebody else may have been faster.
    if (existsSync(directory)) return;
    const remedy = `The store's directory ${directory} cannot be made. Name another, or make it and let us write to it.`;
    throw new StoreError('STORE_FAILED', remedy, { directory }, { cause });
  }
}

/** What a store has from its first start on. LMDB ends the process where it may not write to one of its own. */
const files = ['data.mdb', 'lock.mdb', 'weir.boot', 'weir.lock'] as const;

/** Throws STORE_FAILED where a store's directory, or a file of it that is there, is not ours to read and to write. */
export function mustBeOurs(directory: string, access: typeof accessSync = accessSync): void {
  const paths = files.map((name) => join(directory, name)).filter((path) => existsSync(path));
  for (const path of [directory, ...paths]) {
    try {
      access(path, constants.R_OK | constants.W_OK);
    } catch (cause) {
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      const remedy = `store.path = ${directory}: ${path} cannot be read and written (${why}). Give it to the user that the appliance runs as, or choose another directory.`;
      throw new StoreError('STORE_FAILED', remedy, { directory, path }, { cause });
    }
  }
}
