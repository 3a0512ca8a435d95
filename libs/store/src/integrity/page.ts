import { pageBytes } from '../footprint';
import { contentBytes, header, headerBytes, node, nodeFlags, wideNumber } from './page-layout';

/** A key where it lies. */
export interface KeySpan {
  bytes: Uint8Array;
  at: number;
  length: number;
}

/**
 * One page of a tree in memory. Everything may be asked of any 4096 bytes: what a wrong offset points to is read within
 * the page, or as 0.
 */
export class Page {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array = new Uint8Array(pageBytes)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get pageNumber(): number {
    return wideNumber(this.view, header.pageNumber);
  }

  /** The transaction that wrote it. */
  get transaction(): number {
    return wideNumber(this.view, header.transaction);
  }

  get flags(): number {
    return this.word(header.flags);
  }

  /** Where the list of nodes ends. */
  get lower(): number {
    return this.word(header.lower);
  }

  /** Where the nodes begin. */
  get upper(): number {
    return this.word(header.upper);
  }

  /** Nodes it says it has. */
  get count(): number {
    return Math.floor(this.lower / 2);
  }

  /** Where node `index` begins, from the page's first byte. */
  nodeAt(index: number): number {
    return headerBytes + this.word(headerBytes + 2 * index);
  }

  keyBytes(at: number): number {
    return this.word(at + node.keyBytes);
  }

  nodeFlags(at: number): number {
    return this.word(at + node.flags);
  }

  /** Bytes of a leaf's value, wherever it is. */
  valueBytes(at: number): number {
    return this.word(at + node.size) + this.word(at + node.size + 2) * 2 ** 16;
  }

  /** Bytes that a leaf's node has behind its key. */
  inlineBytes(at: number): number {
    return (this.nodeFlags(at) & nodeFlags.overflow) === 0 ? this.valueBytes(at) : 24;
  }

  /** Where a leaf's value, or what tells its place, begins. */
  valueAt(at: number): number {
    return at + node.key + this.keyBytes(at);
  }

  /** The page below a branch's node: 48 bits. */
  child(at: number): number {
    return this.valueBytes(at) + this.word(at + node.flags) * 2 ** 32;
  }

  /** The key of a node, noted in `span`. */
  key(at: number, span: KeySpan): KeySpan {
    span.bytes = this.bytes;
    span.at = at + node.key;
    span.length = this.keyBytes(at);
    return span;
  }

  /** 64 bits of a value. */
  wide(at: number): number {
    return at + 8 <= this.bytes.length ? wideNumber(this.view, at) : 0;
  }

  word(at: number): number {
    return at + 2 <= this.bytes.length ? this.view.getUint16(at, true) : 0;
  }
}

/** True if a node of `bytes` that begins at `at` ends within the page. */
export function fitsPage(at: number, bytes: number): boolean {
  return at + bytes <= headerBytes + contentBytes;
}
