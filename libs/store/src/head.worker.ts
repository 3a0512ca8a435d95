import { join } from 'node:path';
import { guardAddon } from './guard-addon';
import { supplyHead } from './scrub/head-supply';

/** Looks whether the writer waits for a page that can be made anew: reading all of a tree is no work for a thread that others wait for. */
export default function runSupply(directory: string): boolean {
  return supplyHead(join(directory, 'data.mdb'), guardAddon());
}
