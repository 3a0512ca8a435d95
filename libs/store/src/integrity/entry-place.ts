import { pageBytes } from '../footprint';
import type { Page } from './page';
import { overflowOf } from './page-fault';
import { headerBytes, node } from './page-layout';

/** Where a key and its value are in a data file. */
export interface EntryPlace {
  /** The leaf that has the key. */
  readonly pageNumber: number;
  readonly key: Buffer;
  /** The value's first byte, from the file's. */
  readonly offset: number;
  readonly valueBytes: number;
  /** The pages that the value has to itself, if any. */
  readonly overflow: { readonly first: number; readonly pages: number; readonly transaction: number } | undefined;
}

/** The place of the node at `at` of a leaf that was found whole. Keeps nothing of the page. */
export function placeOf(page: Page, at: number): EntryPlace {
  const { pageNumber } = page;
  const overflow = overflowOf(page, at);
  const key = Buffer.from(page.bytes.subarray(at + node.key, page.valueAt(at)));
  const offset =
    overflow === undefined ? pageNumber * pageBytes + page.valueAt(at) : overflow.first * pageBytes + headerBytes;
  return { pageNumber, key, offset, valueBytes: page.valueBytes(at), overflow };
}
