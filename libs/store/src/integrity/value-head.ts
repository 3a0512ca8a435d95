import { header, headerBytes, pageFlags } from './page-layout';
import { Page } from './page';

/** The pages that a value has to itself, as the leaf that leads to it says. */
export interface ValuePages {
  readonly first: number;
  readonly pages: number;
  readonly transaction: number;
}

/**
 * Whether the head of a value's pages, the first bytes of `run`, is what was written. LMDB goes by it when the value is removed: a wrong
 * one frees pages of others, or ends the process.
 */
export function isHeadWhole(run: Uint8Array, place: ValuePages): boolean {
  const head = new Uint8Array(headerBytes);
  head.set(run.subarray(0, headerBytes));
  const page = new Page(head);
  return (
    page.pageNumber === place.first &&
    page.transaction <= place.transaction &&
    page.flags === pageFlags.overflow &&
    Buffer.compare(head.subarray(header.lower), headOf(place).subarray(header.lower)) === 0
  );
}

/** The head that they have to have. */
export function headOf({ first, pages, transaction }: ValuePages): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.writeBigUInt64LE(BigInt(first), header.pageNumber);
  head.writeBigUInt64LE(BigInt(transaction), header.transaction);
  head.writeUInt16LE(pageFlags.overflow, header.flags);
  head.writeUInt32LE(pages, header.overflowPages);
  return head;
}
