import { pageBytes } from '../footprint';
import type { Arenas } from './arenas';

/** Copies bytes to the given offset of what the pages hold one after the other. */
export function copyIn(arenas: Arenas, pages: Uint32Array, bytes: Uint8Array, offset: number): void {
  eachPart(pages, offset, bytes.length, (page, inPage, done, length) => {
    arenas.bytes(page, pageBytes).set(bytes.subarray(done, done + length), inPage);
  });
}

/** Mirror of `copyIn`. */
export function copyOut(arenas: Arenas, pages: Uint32Array, target: Uint8Array, offset: number): void {
  eachPart(pages, offset, target.length, (page, inPage, done, length) => {
    target.set(arenas.bytes(page, pageBytes).subarray(inPage, inPage + length), done);
  });
}

/** Cuts a run of bytes at the pages' ends. */
function eachPart(
  pages: Uint32Array,
  offset: number,
  length: number,
  visit: (page: number, inPage: number, done: number, length: number) => void,
): void {
  for (let done = 0; done < length;) {
    const at = offset + done;
    const inPage = at % pageBytes;
    const part = Math.min(length - done, pageBytes - inPage);
    visit(pages[Math.floor(at / pageBytes)] ?? 0, inPage, done, part);
    done += part;
  }
}
