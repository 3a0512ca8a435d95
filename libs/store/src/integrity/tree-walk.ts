import { pageBytes } from '../footprint';
import type { KeyOrder } from './key-order';
import { type KeySpan, Page } from './page';
import { type PageFault, faultOf, overflowOf } from './page-fault';
import { depthMax, headerBytes } from './page-layout';
import type { PageSet } from './page-set';

/** A data file, or what stands for one. */
export interface PageSource {
  /** Whole pages in it. */
  readonly pages: number;
  /** A run of pages; undefined if it cannot be read. Good until the next call. */
  read(first: number, count: number): Uint8Array | undefined;
  /** These pages, in ascending order, are read next. */
  expect?(pages: Float64Array): void;
}

/** What is told of a tree where its root is. */
export interface TreeShape {
  readonly name: string;
  readonly root: number | undefined;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly entries: number;
}

/** Damage to the structure of a data file: which tree, and the first page that shows it. */
export interface PageDamage {
  readonly fault: PageFault;
  readonly tree: string;
  readonly pageNumber: number;
}

/** Hears of each node of a leaf; says what is wrong with it. */
export type LeafNode = (page: Page, at: number) => PageFault | undefined;

interface Step {
  readonly pageNumber: number;
  readonly lower: KeySpan | undefined;
  readonly upper: KeySpan | undefined;
}

/** Adjacent pages read at once: 128 KiB. */
const pagesPerRead = 32;

/** Pages that a walk goes round at the most: each is asked for again and again, and a disk that gives up none is no use to anybody. */
const hiddenPagesMax = 64;

/**
 * Walks the trees of one snapshot, level by level, each level in the order of the file. No page is entered twice, in all
 * trees together: so a walk ends whatever the pages hold.
 */
export class TreeWalk {
  /** Branches and leaves that were read. */
  pagesRead = 0;

  constructor(
    private readonly source: PageSource,
    private readonly taken: PageSet,
    private readonly transaction: number,
    /** Gets what the disk does not give up, and the walk goes round it; without, that is damage. */
    private readonly hidden?: PageDamage[],
  ) {}

  /** The first damage, or undefined if the tree is whole. */
  walk(shape: TreeShape, order: KeyOrder, onNode: LeafNode): PageDamage | undefined {
    const { source, taken, transaction, hidden } = this;
    return new OneTree({ source, taken, transaction, hidden }, shape, {
      order,
      onNode,
      onPage: () => this.pagesRead++,
    }).walk();
  }
}

interface Surroundings {
  readonly source: PageSource;
  readonly taken: PageSet;
  readonly transaction: number;
  readonly hidden: PageDamage[] | undefined;
}

interface Manner {
  readonly order: KeyOrder;
  readonly onNode: LeafNode;
  readonly onPage: () => void;
}

class OneTree {
  private branches = 0;
  private leaves = 0;
  private overflows = 0;
  private entries = 0;
  /** Nothing was gone round. */
  private isWhole = true;
  private readonly leaf = new Page();

  constructor(
    private readonly around: Surroundings,
    private readonly shape: TreeShape,
    private readonly manner: Manner,
  ) {}

  walk(): PageDamage | undefined {
    const { root, depth } = this.shape;
    if (root === undefined) return depth === 0 ? this.faultOfCounts() : this.damage('depth', 0);
    if (depth < 1 || depth > depthMax) return this.damage('depth', root);
    let level: Step[] = [{ pageNumber: root, lower: undefined, upper: undefined }];
    for (let height = depth; height >= 1; height--) {
      const below: Step[] = [];
      const damage = this.walkLevel(level, height === 1 ? undefined : below);
      if (damage !== undefined) return damage;
      level = below;
    }
    return this.faultOfCounts();
  }

  /** Leaves if there is no level below. */
  private walkLevel(level: Step[], below: Step[] | undefined): PageDamage | undefined {
    for (const { pageNumber } of level) {
      if (pageNumber >= this.around.source.pages) return this.damage('beyond', pageNumber);
      if (!this.around.taken.add(pageNumber)) return this.damage('twice', pageNumber);
    }
    level.sort((one, other) => one.pageNumber - other.pageNumber);
    this.around.source.expect?.(Float64Array.from(level, ({ pageNumber }) => pageNumber));
    for (let from = 0; from < level.length;) {
      const steps = level.slice(from, from + runFrom(level, from));
      const damage = this.enterRun(steps, below);
      if (damage !== undefined) return damage;
      from += steps.length;
    }
    return undefined;
  }

  private enterRun(steps: readonly Step[], below: Step[] | undefined): PageDamage | undefined {
    const first = steps[0]?.pageNumber ?? 0;
    const bytes = this.around.source.read(first, steps.length);
    if (bytes === undefined) {
      if (steps.length === 1 || this.around.hidden === undefined) return this.hide(first);
      return firstOf(steps, (step) => this.enterRun([step], below));
    }
    return firstOf(steps, (step, at) => {
      const fault = this.enter(step, bytes.subarray(at * pageBytes, (at + 1) * pageBytes), below);
      return fault && this.damage(fault, step.pageNumber);
    });
  }

  /** Undefined where the walk goes round it. */
  private hide(pageNumber: number): PageDamage | undefined {
    const { hidden } = this.around;
    const damage = this.damage('unreadable', pageNumber);
    if (hidden === undefined || hidden.length >= hiddenPagesMax) return damage;
    hidden.push(damage);
    this.isWhole = false;
    return undefined;
  }

  private enter(step: Step, bytes: Uint8Array, below: Step[] | undefined): PageFault | undefined {
    const page = below === undefined ? this.leaf : new Page();
    page.bytes.set(bytes);
    this.manner.onPage();
    const { transaction } = this.around;
    const kind = below === undefined ? 'leaf' : 'branch';
    const fault = faultOf(page, { ...step, transaction, kind, order: this.manner.order });
    if (fault !== undefined) return fault;
    if (below === undefined) return this.enterLeaf(page);
    this.enterBranch(page, step, below);
    return undefined;
  }

  private enterBranch(page: Page, { lower, upper }: Step, below: Step[]): void {
    this.branches++;
    const { count } = page;
    let first = lower;
    for (let index = 0; index < count; index++) {
      const next = index + 1 < count ? page.key(page.nodeAt(index + 1), emptySpan()) : upper;
      below.push({ pageNumber: page.child(page.nodeAt(index)), lower: first, upper: next });
      first = next;
    }
  }

  private enterLeaf(page: Page): PageFault | undefined {
    this.leaves++;
    const { count } = page;
    this.entries += count;
    for (let index = 0; index < count; index++) {
      const at = page.nodeAt(index);
      const fault = this.enterOverflow(page, at) ?? this.manner.onNode(page, at);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private enterOverflow(page: Page, at: number): PageFault | undefined {
    const place = overflowOf(page, at);
    if (place === undefined) return undefined;
    const { first, pages, transaction } = place;
    if (pages !== Math.ceil((headerBytes + page.valueBytes(at)) / pageBytes)) return 'value';
    if (transaction > this.around.transaction) return 'transaction';
    if (first + pages > this.around.source.pages) return 'beyond';
    this.overflows += pages;
    return this.around.taken.add(first, pages) ? undefined : 'twice';
  }

  private faultOfCounts(): PageDamage | undefined {
    if (!this.isWhole) return undefined;
    const { branches, leaves, overflows, entries } = this.shape;
    const agree =
      branches === this.branches && leaves === this.leaves && overflows === this.overflows && entries === this.entries;
    return agree ? undefined : this.damage('count', this.shape.root ?? 0);
  }

  private damage(fault: PageFault, pageNumber: number): PageDamage {
    return { fault, tree: this.shape.name, pageNumber };
  }
}

function emptySpan(): KeySpan {
  return { bytes: new Uint8Array(0), at: 0, length: 0 };
}

/** What `work` answers first for one of them. */
function firstOf<Step>(
  steps: readonly Step[],
  work: (step: Step, at: number) => PageDamage | undefined,
): PageDamage | undefined {
  for (const [at, step] of steps.entries()) {
    const damage = work(step, at);
    if (damage !== undefined) return damage;
  }
  return undefined;
}

/** How many steps from `from` on lead to pages that are adjacent. */
function runFrom(level: readonly Step[], from: number): number {
  const first = level[from]?.pageNumber ?? 0;
  let count = 1;
  while (count < pagesPerRead && level[from + count]?.pageNumber === first + count) count++;
  return count;
}
