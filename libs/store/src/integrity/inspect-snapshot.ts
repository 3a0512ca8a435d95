import { freeValue, takeFree } from './free-list';
import { type Meta, decodeTree } from './meta-page';
import type { Page } from './page';
import { type PageFault, overflowOf } from './page-fault';
import { databaseNames } from '../keys';
import { FormatReader } from './format-reader';
import { nodeFlags, tree } from './page-layout';
import { PageSet } from './page-set';
import { isHeadWhole, type ValuePages } from './value-head';
import { type LeafNode, type PageDamage, type PageSource, type TreeShape, TreeWalk } from './tree-walk';

/** What was found of one snapshot. */
export interface SnapshotReport {
  /** Undefined if its structure is whole. */
  readonly damage: PageDamage | undefined;
  /** Branches and leaves that were read. */
  readonly pagesRead: number;
  /** Pages that no tree and no list of free ones names: room that is lost, and no danger. */
  readonly lostPages: number;
  /** Values whose pages have a head that is not what was written: to be made anew before LMDB goes by it. */
  readonly brokenHeads: readonly ValuePages[];
}

/** Pages that a file may lack at its end: those that were taken and given back in one transaction were never written. */
const unwrittenPagesMax = 65_536;

/** Databases that a store can have, and some. */
const treesMax = 64;

/** Trees with too many values to look at the pages of each: the scrub does, and whoever removes one. */
const bulkTrees: readonly string[] = [databaseNames.extents, databaseNames.hashes];

/** Hears of the nodes of the leaves of the databases, once these are known to be within their page. */
export type EntryListener = (tree: string, page: Page, at: number) => void;

/**
 * Checks all trees of one snapshot: that following them leads nowhere but to pages of the right kind, each once, with keys in
 * order, and that no page in use is in the list of free ones. Values on pages of their own are not read. Never throws, and reads
 * no page twice, whatever the file holds. With `hidden`, which gets them, it goes round pages of trees that cannot be read.
 */
export function inspectSnapshot(
  source: PageSource,
  meta: Meta,
  onEntry?: EntryListener,
  hidden?: PageDamage[],
): SnapshotReport {
  const pages = meta.lastPage + 1;
  if (pages > source.pages + unwrittenPagesMax) {
    const damage = { fault: 'beyond', tree: 'meta', pageNumber: meta.lastPage } as const;
    return { damage, pagesRead: 0, lostPages: 0, brokenHeads: [] };
  }
  return new Inspection(source, meta, onEntry, hidden).run();
}

class Inspection {
  private readonly taken: PageSet;
  private readonly walk: TreeWalk;
  private readonly trees: TreeShape[] = [];
  private readonly formats = new FormatReader();
  /** Values with pages of their own, of the small trees. */
  private readonly values: ValuePages[] = [];

  constructor(
    private readonly source: PageSource,
    private readonly meta: Meta,
    private readonly onEntry: EntryListener | undefined,
    private readonly hidden: PageDamage[] | undefined,
  ) {
    this.taken = new PageSet(meta.lastPage + 1);
    this.taken.add(0, 2);
    this.walk = new TreeWalk(source, this.taken, meta.transaction, hidden);
  }

  run(): SnapshotReport {
    const damage = this.inspect();
    const { size } = this.taken;
    const brokenHeads = damage === undefined ? this.values.filter((value) => !this.hasHead(value)) : [];
    return { damage, pagesRead: this.walk.pagesRead, lostPages: this.meta.lastPage + 1 - size, brokenHeads };
  }

  private inspect(): PageDamage | undefined {
    const { main, free } = this.meta;
    const damage = this.walk.walk(main, 'bytes', (page, at) => this.noteTree(page, at));
    if (damage !== undefined) return damage;
    for (const shape of this.trees) {
      const inside = this.walk.walk(shape, 'bytes', this.entriesOf(shape.name));
      if (inside !== undefined) return inside;
    }
    const names = this.trees.map(({ name }) => name);
    // What is behind a page that cannot be read may be whole.
    const isAllRead = this.hidden === undefined || this.hidden.length === 0;
    if (isAllRead && this.formats.lacks(names)) return { fault: 'names', tree: 'main', pageNumber: main.root ?? 0 };
    return this.inspectFree(free);
  }

  private entriesOf(name: string): LeafNode {
    const { onEntry } = this;
    const isSmall = !bulkTrees.includes(name);
    return (page, at) => {
      if (page.nodeFlags(at) === nodeFlags.tree) return 'node-flags';
      onEntry?.(name, page, at);
      if (isSmall) this.noteValue(page, at);
      if (name === databaseNames.meta) this.formats.note(page, at);
      return undefined;
    };
  }

  private noteValue(page: Page, at: number): void {
    const place = overflowOf(page, at);
    if (place !== undefined) this.values.push(place);
  }

  /** What cannot be read is not for us to mend. */
  private hasHead(value: ValuePages): boolean {
    const head = this.source.read(value.first, 1);
    return head === undefined || isHeadWhole(head, value);
  }

  /** The main tree holds the databases by name, which `lmdb` ends with a zero. */
  private noteTree(page: Page, at: number): PageFault | undefined {
    if (page.nodeFlags(at) !== nodeFlags.tree) return 'node-flags';
    if (page.valueBytes(at) !== tree.bytes || this.trees.length >= treesMax) return 'value';
    const { bytes } = page;
    const name = Buffer.from(bytes.subarray(at + 8, page.valueAt(at)))
      .toString('latin1')
      .replace(/\0$/, '');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const from = page.valueAt(at);
    if (view.getUint16(from + tree.flags, true) !== 0 || view.getUint32(from + tree.pad, true) !== 0)
      return 'node-flags';
    this.trees.push(decodeTree(view, from, name));
    return undefined;
  }

  /** The list's own pages are taken first, so that it cannot name them; then what its values name. */
  private inspectFree(free: TreeShape): PageDamage | undefined {
    const values: Uint8Array[] = [];
    const damage = this.walk.walk(free, 'number', (page, at) => {
      if (page.nodeFlags(at) === nodeFlags.tree) return 'node-flags';
      const value = this.valueOf(page, at);
      if (value !== undefined) values.push(value);
      else if (this.hidden === undefined) return 'unreadable';
      else this.hidden.push({ fault: 'unreadable', tree: 'free', pageNumber: free.root ?? 0 });
      return undefined;
    });
    if (damage !== undefined) return damage;
    const isWhole = values.every((value) => takeFree(value, this.taken));
    return isWhole ? undefined : { fault: 'free-list', tree: 'free', pageNumber: free.root ?? 0 };
  }

  private valueOf(page: Page, at: number): Uint8Array | undefined {
    this.noteValue(page, at);
    return freeValue(this.source, page, at);
  }
}
