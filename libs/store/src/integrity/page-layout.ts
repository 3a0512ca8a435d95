/**
 * Where things stand in a page of LMDB's data file, as far as it is ours: 64 bits, little-endian, 4096 bytes a page, keys that
 * appear once. Learnt from the declarations of `MDB_page`, `MDB_node`, `MDB_db` and `MDB_meta` of LMDB's data format 2, as the
 * package `lmdb` has them (it adds a boot ID, and a third meta in the middle of page 0 that names the last flushed snapshot).
 */
import { pageBytes } from '../footprint';

/** Bytes before a page's content; positions of nodes and bounds of free space count from behind it. */
export const headerBytes = 24;

/** What of a page is content. */
export const contentBytes = pageBytes - headerBytes;

/** Offsets in a page's header. */
export const header = { pageNumber: 0, transaction: 8, flags: 18, lower: 20, upper: 22, overflowPages: 20 } as const;

/** Kinds of pages, as bits of a header's flags. */
export const pageFlags = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;

/** Offsets in a node; the key follows, and behind it, on a leaf, the value or where it is. */
export const node = { size: 0, flags: 4, keyBytes: 6, key: 8 } as const;

/** What a leaf's node holds: the place of its value, or another tree. */
export const nodeFlags = { overflow: 0x01, tree: 0x02 } as const;

/** The place of a value on pages of its own: page number, transaction, pages. */
export const overflowPlace = { pageNumber: 0, transaction: 8, pages: 16, bytes: 24 } as const;

/** Offsets in what describes a tree. */
export const tree = {
  pad: 0,
  flags: 4,
  depth: 6,
  branches: 8,
  leaves: 16,
  overflows: 24,
  entries: 32,
  root: 40,
  bytes: 48,
} as const;

/** A tree's flags: keys that are numbers, as those of the list of free pages; in a meta also that its pages may not be on disk yet. */
export const treeFlags = { free: 0x0008, unflushed: 0x1000 } as const;

/** Offsets in a meta page, behind its header. */
export const meta = {
  magic: 0,
  version: 4,
  address: 8,
  mapBytes: 16,
  freeTree: 24,
  mainTree: 72,
  lastPage: 120,
  transaction: 128,
  boot: 136,
  bytes: 144,
} as const;

/** What an LMDB file begins with. */
export const magicNumber = 0xbeefc0de;

/** LMDB's data format that all this describes. */
export const dataVersion = 2;

/** Trees deeper than this are none of ours: LMDB's own cursor ends there. */
export const depthMax = 32;

/** Largest map that is believed: what a process can address on our machines. */
export const mapBytesMax = 2 ** 47;

/** A number of 64 bits; above 2^53 it is not exact, and too large for anything. */
export function wideNumber(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
