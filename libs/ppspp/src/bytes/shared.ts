/** What the collector is told of each shared buffer. */
const weights = new WeakMap<SharedArrayBuffer, ArrayBuffer>();

/** Told a quarter of it, the collector comes after some 256 MiB, and costs a quarter of what it would if told all. */
const told = 1 / 4;

/**
 * Zeroes that several threads may read in place.
 *
 * V8 does not see how large a shared buffer is: those that nobody needs any more stay, gigabytes of them, until something
 * else gives it a reason to collect. So an unshared one, whose size it does see, lives and dies with each.
 */
export function sharedBytes(length: number): Uint8Array {
  const shared = new SharedArrayBuffer(length);
  weights.set(shared, new ArrayBuffer(Math.ceil(length * told)));
  return new Uint8Array(shared);
}
