import { closeSync, openSync } from 'node:fs';
import { pageBytes } from '../footprint';
import type { GuardAddon } from '../guard-addon';
import { FilePages, walkNewest } from '../integrity/inspect-pages';
import type { Page } from '../integrity/page';
import { overflowOf } from '../integrity/page-fault';
import { headOf } from '../integrity/value-head';

/** How often the disk is asked for a page, over some two seconds, until something is made in its place. */
export const headTriesMin = 12;

/**
 * Makes the head of a value's pages anew, if that is what the writer waits for: it frees a value's pages by it, and what the disk does not
 * give up must leave all the same. What else was on the page is lost, as it was. True if the writer can go on.
 */
export function supplyHead(file: string, addon: Pick<GuardAddon, 'awaited' | 'supply'> | undefined): boolean {
  const awaited = addon?.awaited();
  if (addon === undefined || awaited === undefined || awaited.tries < headTriesMin) return false;
  const head = headAt(file, awaited.page);
  if (head === undefined) return false;
  const bytes = new Uint8Array(pageBytes);
  bytes.set(head);
  // The thread that waits writes it, unless the disk was quicker: nobody else can have been given the page meanwhile.
  return addon.supply(awaited.page, bytes);
}

/** The head that a page has to have, if it is the first of a value's. */
function headAt(file: string, pageNumber: number): Uint8Array | undefined {
  const descriptor = openSync(file, 'r');
  let head: Uint8Array | undefined;
  try {
    const note = (_: string, page: Page, at: number): void => {
      const overflow = overflowOf(page, at);
      if (overflow?.first === pageNumber) head = headOf(overflow);
    };
    walkNewest(new FilePages(descriptor), note, []);
    return head;
  } finally {
    closeSync(descriptor);
  }
}
