import { CacheError } from '@weir/ppspp';

/** Something that takes bytes of anybody's and must hold its promises whatever they are. */
export interface FuzzTarget {
  /** Throws if a promise is broken; the same for the same input. */
  run(input: Uint8Array): void;
  /** Inputs to begin with. */
  seeds(): Uint8Array[];
  /** Bytes that mean something: an input that contains them gets further. */
  readonly dictionary: readonly Uint8Array[];
  /** Longer inputs are cut. */
  readonly bytesMax: number;
}

/** A promise was broken. */
export class BrokenPromise extends CacheError<'PROMISE_BROKEN'> {}

/** States a promise; `claim` is built only if it is broken. */
export function promise(holds: boolean, claim: () => string): void {
  if (!holds) throw new BrokenPromise('PROMISE_BROKEN', claim());
}
