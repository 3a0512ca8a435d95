import { contentBytes, headerBytes, node, nodeFlags, overflowPlace, pageFlags } from './page-layout';
import { type KeyOrder, compareKeys } from './key-order';
import { type KeySpan, type Page, fitsPage } from './page';

/**
 * What is wrong with a page: it cannot be read; its number, transaction or kind is not what leads to it; its bounds, a node's
 * place, flags or key; a page beyond the file, or reached twice; a tree too deep; a count that does not agree; a value of the wrong
 * length; a list of free pages that breaks its form; a meta page that is none; a database that is not there under its name.
 */
export const pageFaults = [
  'unreadable',
  'page-number',
  'transaction',
  'kind',
  'bounds',
  'node',
  'node-flags',
  'order',
  'beyond',
  'twice',
  'depth',
  'count',
  'value',
  'free-list',
  'meta',
  'names',
] as const;

/** One of `pageFaults`. */
export type PageFault = (typeof pageFaults)[number];

/** What a page must be, by what leads to it. */
export interface Expected {
  readonly pageNumber: number;
  /** No page is newer than its snapshot. */
  readonly transaction: number;
  readonly kind: 'branch' | 'leaf';
  readonly order: KeyOrder;
  /** The first key is not below it; the last is below `upper`. */
  readonly lower: KeySpan | undefined;
  readonly upper: KeySpan | undefined;
}

/** Bytes of a key that is a number. */
const numberBytes = 8;

const one: KeySpan = { bytes: new Uint8Array(0), at: 0, length: 0 };
const other: KeySpan = { bytes: new Uint8Array(0), at: 0, length: 0 };

/** What is wrong with a branch or leaf by itself, and as its parent has it; undefined if nothing is. */
export function faultOf(page: Page, expected: Expected): PageFault | undefined {
  return faultOfHeader(page, expected) ?? faultOfNodes(page, expected) ?? faultOfOrder(page, expected);
}

function faultOfHeader(page: Page, { pageNumber, transaction, kind }: Expected): PageFault | undefined {
  if (page.pageNumber !== pageNumber) return 'page-number';
  if (page.transaction > transaction) return 'transaction';
  if (page.flags !== pageFlags[kind]) return 'kind';
  const { lower, upper, count } = page;
  const countMin = kind === 'branch' ? 2 : 1;
  const isOrdered = lower % 2 === 0 && lower <= upper && upper <= contentBytes;
  return isOrdered && count >= countMin ? undefined : 'bounds';
}

/** Every node lies in the part for nodes, and together they fill it. */
function faultOfNodes(page: Page, { kind, order }: Expected): PageFault | undefined {
  const { count, upper } = page;
  let filled = 0;
  for (let index = 0; index < count; index++) {
    const at = page.nodeAt(index);
    const bytes = nodeBytes(page, at, kind);
    if (at % 2 !== 0 || at < headerBytes + upper || !fitsPage(at, bytes)) return 'node';
    if (kind === 'leaf' && !knownFlags(page.nodeFlags(at))) return 'node-flags';
    // A branch's first key may be left out.
    const mayBeShort = order === 'bytes' || (kind === 'branch' && index === 0);
    if (!mayBeShort && page.keyBytes(at) !== numberBytes) return 'node';
    filled += bytes + (bytes % 2);
  }
  return filled === contentBytes - upper ? undefined : 'node';
}

/** What a node takes, with its key and what is behind it. */
function nodeBytes(page: Page, at: number, kind: Expected['kind']): number {
  return node.key + page.keyBytes(at) + (kind === 'leaf' ? page.inlineBytes(at) : 0);
}

function knownFlags(flags: number): boolean {
  return flags === 0 || flags === nodeFlags.overflow || flags === nodeFlags.tree;
}

/** A branch's first key stands for everything below its second, and is never looked at. */
function faultOfOrder(page: Page, { kind, order, lower, upper }: Expected): PageFault | undefined {
  let before = lower;
  let isStrict = false;
  for (let index = kind === 'branch' ? 1 : 0; index < page.count; index++) {
    const key = page.key(page.nodeAt(index), index % 2 === 0 ? one : other);
    if (before !== undefined) {
      const difference = compareKeys(order, before, key);
      if (difference > 0 || (isStrict && difference === 0)) return 'order';
    }
    before = key;
    isStrict = true;
  }
  if (upper === undefined || before === undefined || !isStrict) return undefined;
  return compareKeys(order, before, upper) < 0 ? undefined : 'order';
}

/** Bytes of the value that a leaf's node leads to, and where; undefined for one that is on the page itself. */
export function overflowOf(page: Page, at: number): { first: number; pages: number; transaction: number } | undefined {
  if (page.nodeFlags(at) !== nodeFlags.overflow) return undefined;
  const from = page.valueAt(at);
  return {
    first: page.wide(from + overflowPlace.pageNumber),
    pages: page.wide(from + overflowPlace.pages),
    transaction: page.wide(from + overflowPlace.transaction),
  };
}
