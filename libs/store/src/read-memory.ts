/** Of so many buffers the collector is told of one: it comes after four times as many bytes, some 100 MiB, and costs a quarter. */
const toldOneIn = 4;

/**
 * Memory for extents that are read. V8 collects all of its heap after every few tens of MiB of buffers that it knows the size of, and a
 * reader makes as many in a moment. Of shared buffers it does not know it; so most are shared, and some are not, lest those that nobody
 * needs any more stay.
 */
export class ReadMemory {
  private made = 0;

  /** A buffer of its own, of any content. Whoever checks an extent on another thread need not copy one that is shared. */
  take(bytes: number): Uint8Array {
    const isTold = this.made++ % toldOneIn === 0;
    return new Uint8Array(isTold ? Buffer.allocUnsafeSlow(bytes).buffer : new SharedArrayBuffer(bytes));
  }
}
