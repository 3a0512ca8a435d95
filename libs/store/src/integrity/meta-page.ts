import { pageBytes } from '../footprint';
import {
  dataVersion,
  headerBytes,
  magicNumber,
  mapBytesMax,
  meta,
  pageFlags,
  header,
  tree,
  treeFlags,
  wideNumber,
} from './page-layout';
import type { TreeShape } from './tree-walk';

/** Where a snapshot begins. */
export interface Meta {
  readonly transaction: number;
  readonly lastPage: number;
  readonly mapBytes: number;
  readonly free: TreeShape;
  readonly main: TreeShape;
  /** The snapshot is on disk: if the machine goes down, no earlier one takes its place. */
  readonly isFlushed: boolean;
}

/** Which of the two metas that transactions write in turn. */
export type MetaSlot = 0 | 1;

/** The meta in the page `bytes`; undefined if none of ours is there, or one that LMDB could not work with. */
export function decodeMeta(bytes: Uint8Array, slot: MetaSlot): Meta | undefined {
  if (bytes.length < headerBytes + meta.bytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = headerBytes;
  const decoded = {
    transaction: wideNumber(view, at + meta.transaction),
    lastPage: wideNumber(view, at + meta.lastPage),
    mapBytes: wideNumber(view, at + meta.mapBytes),
    free: decodeTree(view, at + meta.freeTree, 'free'),
    main: decodeTree(view, at + meta.mainTree, 'main'),
    isFlushed: (view.getUint16(at + meta.freeTree + tree.flags, true) & treeFlags.unflushed) === 0,
  };
  return isOurs(view, slot) && isSensible(decoded, slot) ? decoded : undefined;
}

/** What every meta of ours has. */
function isOurs(view: DataView, slot: MetaSlot): boolean {
  const at = headerBytes;
  const { free, unflushed } = treeFlags;
  const flags = view.getUint16(at + meta.freeTree + tree.flags, true);
  return (
    wideNumber(view, header.pageNumber) === slot &&
    view.getUint16(header.flags, true) === pageFlags.meta &&
    view.getUint32(at + meta.magic, true) === magicNumber &&
    view.getUint32(at + meta.version, true) === dataVersion &&
    wideNumber(view, at + meta.address) === 0 &&
    view.getUint32(at + meta.freeTree + tree.pad, true) === pageBytes &&
    (flags === free || flags === (free | unflushed)) &&
    view.getUint32(at + meta.mainTree + tree.pad, true) === 0 &&
    view.getUint16(at + meta.mainTree + tree.flags, true) === 0
  );
}

/** Transaction n writes meta n modulo 2; only the first of all is written to both. */
function isSensible({ transaction, lastPage, mapBytes }: Meta, slot: MetaSlot): boolean {
  const isInPlace = transaction === 0 || transaction % 2 === slot;
  return isInPlace && lastPage >= 1 && mapBytes <= mapBytesMax && (lastPage + 1) * pageBytes <= mapBytesMax;
}

/** What is told of a tree. */
export function decodeTree(view: DataView, at: number, name: string): TreeShape {
  const root = wideNumber(view, at + tree.root);
  return {
    name,
    root: root >= 2 ** 63 ? undefined : root,
    depth: view.getUint16(at + tree.depth, true),
    branches: wideNumber(view, at + tree.branches),
    leaves: wideNumber(view, at + tree.leaves),
    overflows: wideNumber(view, at + tree.overflows),
    entries: wideNumber(view, at + tree.entries),
  };
}
