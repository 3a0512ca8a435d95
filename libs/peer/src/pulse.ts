import { limits, type Micros } from '@weir/ppspp';

/** Where the generation stands, and where the first thread's sign of life does. */
const generationBytes = 8;

/**
 * What the datapath threads and the control thread tell one another without waiting: when each thread showed the last sign of
 * life, which generation of intercepted flows is theirs, and when the store last refused a write. It lies in shared memory, so
 * that it tells of a thread that hangs.
 */
export class Pulse {
  private readonly generations: Int32Array;
  /** By `machineMicros`; 0 for a thread that does not run. */
  private readonly signs: BigInt64Array;
  private readonly refusal: BigInt64Array;

  /** Without `memory`, that of nobody yet. */
  constructor(
    private readonly threads: number,
    readonly memory = new SharedArrayBuffer(generationBytes + (limits.shardsMax + 1) * BigInt64Array.BYTES_PER_ELEMENT),
  ) {
    this.generations = new Int32Array(memory, 0, 1);
    this.signs = new BigInt64Array(memory, generationBytes, limits.shardsMax);
    this.refusal = new BigInt64Array(memory, this.signs.byteOffset + this.signs.byteLength, 1);
  }

  /** The number that says whose the intercepted flows are: when it changes, those so far are with their origins. */
  get generation(): number {
    return Atomics.load(this.generations, 0);
  }

  /** Takes all intercepted flows from the threads: each forgets them, and what waits of them, before its next sign of life. */
  revoke(): void {
    Atomics.add(this.generations, 0, 1);
  }

  /** When the store last refused a write for want of disk, by `machineMicros`; 0 if it took one since. */
  get storeRefusedAt(): Micros {
    return Number(Atomics.load(this.refusal, 0));
  }

  set storeRefusedAt(now: Micros) {
    Atomics.store(this.refusal, 0, BigInt(now));
  }

  /** A thread lives. */
  sign(thread: number, now: Micros): void {
    Atomics.store(this.signs, thread, BigInt(now));
  }

  /** A thread has ended: it counts as one that never lived. */
  clear(thread: number): void {
    Atomics.store(this.signs, thread, 0n);
  }

  /** Microseconds since the oldest last sign of life of all threads, by `machineMicros`; very many if one does not run. */
  slowest(now: Micros): Micros {
    let oldest = now;
    for (let thread = 0; thread < this.threads; thread++)
      oldest = Math.min(oldest, Number(Atomics.load(this.signs, thread)));
    return now - oldest;
  }
}
