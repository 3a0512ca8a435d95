import { invariant } from '@weir/ppspp';
import { copyBytes } from '../copy-bytes';
import { pageBytes } from '../footprint';
import { type Arenas, arenaPagesMax } from './arenas';

/** Copies bytes to the given offset of what the pages hold one after the other. */
export function copyIn(arenas: Arenas, pages: Uint32Array, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    const place = runAt(arenas, pages, offset + done, bytes.length - done);
    copyBytes(place, bytes.subarray(done, done + place.length), 0);
    done += place.length;
  }
}

/** Mirror of `copyIn`. */
export function copyOut(arenas: Arenas, pages: Uint32Array, target: Uint8Array, offset: number): void {
  for (let done = 0; done < target.length;) {
    const place = runAt(arenas, pages, offset + done, target.length - done);
    copyBytes(target, place, done);
    done += place.length;
  }
}

/**
 * What lies from an offset on, `length` bytes at most, as far as the pages are neighbours in memory. What left the slab together comes back
 * together, so that an extent is a few runs: a view of each page of it would cost as much as the copying.
 */
function runAt(arenas: Arenas, pages: Uint32Array, offset: number, length: number): Uint8Array {
  const at = Math.floor(offset / pageBytes);
  const inPage = offset % pageBytes;
  const first = pages[at] ?? 0;
  let count = 1;
  while (
    count * pageBytes < inPage + length &&
    pages[at + count] === first + count &&
    (first + count) % arenaPagesMax !== 0
  )
    count++;
  const run = arenas.bytes(first, Math.min(inPage + length, count * pageBytes)).subarray(inPage);
  invariant(run.length > 0, 'a place lies within the slab');
  return run;
}
