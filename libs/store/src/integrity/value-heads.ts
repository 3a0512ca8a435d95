import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { pageBytes } from '../footprint';
import { headPagesKeptMax } from '../limits';
import { Descent } from './descent';
import { FilePages, settledMeta } from './inspect-pages';
import type { Page } from './page';
import { headerBytes } from './page-layout';
import type { TreeShape } from './tree-walk';
import { headOf, isHeadWhole } from './value-head';

/** The last transaction, for as long as another one runs. */
interface Snapshot {
  readonly descent: Descent;
  readonly trees: ReadonlyMap<string, TreeShape>;
  readonly kept: Map<number, Page>;
}

/**
 * Sees to it that LMDB frees the right pages: before a value is removed or replaced, the head of its pages is compared with what leads
 * to it, and made anew. Only for the writer, and in a transaction: then nobody else changes the file.
 */
export class ValueHeads {
  private readonly descriptor: number;
  private readonly source: FilePages;
  private readonly head = Buffer.alloc(headerBytes);
  private snapshot: Snapshot | undefined;

  constructor(
    file: string,
    /** Hears of each head that was not what was written. */
    private readonly onMended: (table: string, key: Uint8Array) => void,
  ) {
    this.descriptor = openSync(file, 'r+');
    this.source = new FilePages(this.descriptor);
  }

  /** A transaction begins: what the last one wrote is looked at anew. */
  begin(): void {
    this.snapshot = undefined;
  }

  /** The value under `key`, if it was there before this transaction, can be removed. What cannot be read is LMDB's to come upon. */
  ensure(table: string, key: Uint8Array): void {
    this.snapshot ??= this.take();
    const { descent, trees, kept } = this.snapshot ?? {};
    const place = descent?.entry(trees?.get(table), key)?.overflow;
    if (kept !== undefined && kept.size > headPagesKeptMax) kept.clear();
    if (place === undefined) return;
    const { head } = this;
    if (!this.read(head, place.first * pageBytes) || isHeadWhole(head, place)) return;
    writeSync(this.descriptor, headOf(place), 0, undefined, place.first * pageBytes);
    this.onMended(table, key);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private take(): Snapshot | undefined {
    const { source } = this;
    source.measure();
    const meta = settledMeta(source);
    if (meta === undefined) return undefined;
    const kept = new Map<number, Page>();
    const descent = new Descent(source, meta, kept);
    return { descent, trees: descent.trees(), kept };
  }

  private read(into: Buffer, from: number): boolean {
    try {
      return readSync(this.descriptor, into, 0, into.length, from) === into.length;
    } catch {
      return false;
    }
  }
}
