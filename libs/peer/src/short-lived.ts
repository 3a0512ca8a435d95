import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 make all objects where young ones are collected, in all threads. It would make those of a place in the code among the old
 * ones once many had survived a collection, as those of a datagram do that is at work just then; what a flood leaves behind is
 * garbage there until the whole heap is collected, at several times its size. To be called before the first datagram.
 */
export function expectShortLives(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
