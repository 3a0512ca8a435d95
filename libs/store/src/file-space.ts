import { statSync } from 'node:fs';
import { pageBytes } from './footprint';
import type { Environment } from './lmdb-environment';
import { takenBytesOf } from './page-return';

/** A store's file, in bytes. It never becomes smaller; what is free in it is used again. */
export interface FileSpace {
  readonly fileBytes: number;
  /** Of it what nothing is stored in. A part of it waits until nobody reads what was there. */
  readonly reusableBytes: number;
  /** What it takes of the disk: less than `fileBytes` where pages were given back. */
  readonly takenBytes: number;
}

/** The pages with the roots. */
const rootPages = 2;

/** What the file takes and what of it is free, as of the last commit, by the database's own counters and the file system's: nothing is read from disk. */
export function fileSpaceOf({ root, file, swarms, extents, hashes, meta, policy, rules }: Environment): FileSpace {
  const stats: object = root.getStats();
  const all = [
    stats,
    part(stats, 'free'),
    ...[swarms, extents, hashes, meta, policy, rules].map((table) => table.getStats()),
  ];
  const used = all.reduce<number>((sum, tree) => sum + pagesOf(tree), rootPages);
  const pages = count(stats, 'lastPageNumber') + 1;
  const fileBytes = pages * pageBytes;
  // File systems that allocate ahead say more than there is.
  const takenBytes = Math.min(fileBytes, takenBytesOf(statSync(file)));
  return { fileBytes, reusableBytes: Math.max(0, pages - used) * pageBytes, takenBytes };
}

function pagesOf(tree: object): number {
  return count(tree, 'treeBranchPageCount') + count(tree, 'treeLeafPageCount') + count(tree, 'overflowPages');
}

function part(stats: object, name: string): object {
  const value: unknown = Reflect.get(stats, name);
  return typeof value === 'object' && value !== null ? value : {};
}

function count(stats: object, name: string): number {
  const value: unknown = Reflect.get(stats, name);
  return typeof value === 'number' ? value : 0;
}
