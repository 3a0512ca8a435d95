import { pageBytes } from '../footprint';
import type { Meta } from './meta-page';
import type { Page } from './page';
import { overflowOf } from './page-fault';
import { headerBytes, node, nodeFlags, wideNumber } from './page-layout';
import { PageSet } from './page-set';
import { type PageSource, TreeWalk } from './tree-walk';

/** A negative number says how many pages begin at the number behind it: LMDB's list of free pages as `lmdb` writes it. */
const signBit = 2 ** 63;

/**
 * Notes the free pages that one value of the list names; false if it breaks its form, or names a page that is used, free
 * already, or beyond the last.
 */
export function takeFree(value: Uint8Array, taken: PageSet): boolean {
  if (value.length < 8 || value.length % 8 !== 0) return false;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const words = wideNumber(view, 0);
  if (words > value.length / 8 - 1) return false;
  for (let index = 1; index <= words; index++) {
    const entry = wideNumber(view, index * 8);
    if (entry === 0) continue;
    if (entry < signBit) {
      if (!taken.add(entry)) return false;
      continue;
    }
    if (++index > words) return false;
    if (!taken.add(wideNumber(view, index * 8), lengthOf(view, (index - 1) * 8))) return false;
  }
  return true;
}

/** The magnitude of a negative number of 64 bits; exact for any that can be. */
function lengthOf(view: DataView, at: number): number {
  const length = -view.getBigInt64(at, true);
  return length <= Number.MAX_SAFE_INTEGER ? Number(length) : 0;
}

/** The value of a node of the list, a copy, wherever it is; undefined if it cannot be read. */
export function freeValue(source: PageSource, page: Page, at: number): Uint8Array | undefined {
  const place = overflowOf(page, at);
  const length = page.valueBytes(at);
  if (place === undefined) return page.bytes.slice(page.valueAt(at), page.valueAt(at) + length);
  const run = source.read(place.first, Math.ceil((headerBytes + length) / pageBytes));
  // The next read overwrites what this one answered.
  return run && new Uint8Array(run.subarray(headerBytes, headerBytes + length));
}

/**
 * Pages that a snapshot's list says were free before transaction `before`: no snapshot from that one on uses them. Undefined if the list
 * is not whole, and then nothing of it is to be believed.
 */
export function freePages(source: PageSource, meta: Meta, before: number): PageSet | undefined {
  const pages = meta.lastPage + 1;
  const values: Uint8Array[] = [];
  const damage = new TreeWalk(source, new PageSet(pages), meta.transaction).walk(meta.free, 'number', (page, at) => {
    if (page.nodeFlags(at) === nodeFlags.tree) return 'node-flags';
    if (page.wide(at + node.key) >= before) return undefined;
    const value = freeValue(source, page, at);
    if (value === undefined) return 'unreadable';
    values.push(value);
    return undefined;
  });
  const free = new PageSet(pages);
  const isWhole = damage === undefined && values.every((value) => takeFree(value, free));
  return isWhole ? free : undefined;
}
