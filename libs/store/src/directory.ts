import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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
