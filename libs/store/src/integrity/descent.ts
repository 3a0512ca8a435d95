import { pageBytes } from '../footprint';
import { type EntryPlace, placeOf } from './entry-place';
import { compareKeys, keyBefore } from './key-order';
import { type Meta, decodeTree } from './meta-page';
import { type KeySpan, Page } from './page';
import { faultOf } from './page-fault';
import { nodeFlags } from './page-layout';
import type { PageDamage, PageSource, TreeShape } from './tree-walk';

/**
 * Looks entries up in one snapshot by positioned reads, checking each page on the way. Whoever calls sees to it that the snapshot
 * stays: by a read transaction of LMDB's, or because nobody writes.
 */
export class Descent {
  /** The first page that was found damaged: what lies below it is left out. */
  damage: PageDamage | undefined;
  /** The first that could not be read: the same. */
  hidden: PageDamage | undefined;

  constructor(
    private readonly source: PageSource,
    private readonly meta: Meta,
    /** Pages of trees that were checked: whoever asks for many entries next to each other keeps them. */
    private readonly kept?: Map<number, Page>,
  ) {}

  /** The databases by name. */
  trees(): Map<string, TreeShape> {
    const trees = new Map<string, TreeShape>();
    for (const { page, at } of this.nodes(this.meta.main, undefined)) {
      if (page.nodeFlags(at) !== nodeFlags.tree) continue;
      const view = new DataView(page.bytes.buffer, page.bytes.byteOffset, page.bytes.byteLength);
      const { key } = placeOf(page, at);
      const name = key.toString('latin1').replace(/\0$/, '');
      trees.set(name, decodeTree(view, page.valueAt(at), name));
    }
    return trees;
  }

  /** Entries in order, from behind `after` on. */
  *entries(tree: TreeShape | undefined, after?: Uint8Array): Generator<EntryPlace> {
    if (tree === undefined) return;
    for (const { page, at } of this.nodes(tree, after)) yield placeOf(page, at);
  }

  /** The entry with a key; undefined if there is none, or the way to it is damaged. */
  entry(tree: TreeShape | undefined, key: Uint8Array): EntryPlace | undefined {
    for (const place of this.entries(tree, keyBefore(key))) {
      const order = Buffer.compare(place.key, key);
      if (order >= 0) return order === 0 ? place : undefined;
    }
    return undefined;
  }

  private nodes(
    { name, root, depth }: TreeShape,
    after: Uint8Array | undefined,
  ): Generator<{ page: Page; at: number }> {
    const span = after && { bytes: after, at: 0, length: after.length };
    return root === undefined ? empty() : this.below(name, root, { height: depth, after: span });
  }

  private *below(
    tree: string,
    pageNumber: number,
    { height, after }: { height: number; after: KeySpan | undefined },
  ): Generator<{ page: Page; at: number }> {
    const page = this.page(tree, pageNumber, height);
    if (page === undefined) return;
    const first = after === undefined ? 0 : startOf(page, after, height > 1);
    for (let index = first; index < page.count; index++) {
      const at = page.nodeAt(index);
      if (height === 1) yield { page, at };
      // Only the first child can have anything that is not behind `after`.
      else yield* this.below(tree, page.child(at), { height: height - 1, after: index === first ? after : undefined });
    }
  }

  private page(tree: string, pageNumber: number, height: number): Page | undefined {
    const known = this.kept?.get(pageNumber);
    if (known !== undefined) return known;
    const bytes = pageNumber < this.source.pages ? this.source.read(pageNumber, 1) : undefined;
    const page = new Page();
    if (bytes !== undefined) page.bytes.set(bytes.subarray(0, pageBytes));
    const kind = height > 1 ? 'branch' : 'leaf';
    const { transaction } = this.meta;
    const around = { pageNumber, transaction, kind, order: 'bytes', lower: undefined, upper: undefined } as const;
    const fault = bytes === undefined ? 'unreadable' : faultOf(page, around);
    if (fault === undefined) {
      this.kept?.set(pageNumber, page);
      return page;
    }
    if (bytes === undefined) this.hidden ??= { fault, tree, pageNumber };
    else this.damage ??= { fault, tree, pageNumber };
    return undefined;
  }
}

function* empty(): Generator<never> {
  // Nothing.
}

/** The first node that may lead to keys behind `after`. */
function startOf(page: Page, after: KeySpan, isBranch: boolean): number {
  const key = { bytes: page.bytes, at: 0, length: 0 };
  let [low, high] = [0, page.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const isFirst = isBranch && middle === 0;
    if (isFirst || compareKeys('bytes', page.key(page.nodeAt(middle), key), after) <= 0) low = middle + 1;
    else high = middle;
  }
  return isBranch ? Math.max(0, low - 1) : low;
}
