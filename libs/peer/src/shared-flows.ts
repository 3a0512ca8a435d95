import { machineMicros } from '@weir/datagram';
import { limits, type Address, type FlowTable } from '@weir/ppspp';
import { hashFlow } from './hash-flow';
import { flowBucketsMax } from './limits';

const bucketMax = 255;

/**
 * Which intercepted flows each thread has channels on, in memory that all threads share: what is passed on must not take a whole
 * flow along of which another thread serves a part. Flows are told apart by a hash alone: one that is taken for another, which
 * is held, is passed datagram by datagram, which costs more and breaks nothing.
 */
export class SharedFlows implements FlowTable {
  /** For each thread, how many of its channels are on the flows of each bucket; a full bucket is never emptied again. */
  private readonly held: readonly Uint8Array[];
  /** For each bucket, when one of its flows was passed by any thread: milliseconds of a clock that all share; 0 for never. */
  private readonly passed: Int32Array;

  /** The view of one of so many threads; without `memory`, nobody has a flow. */
  constructor(
    private readonly thread: number,
    threads: number,
    readonly memory = new SharedArrayBuffer(threads * flowBucketsMax + flowBucketsMax * Int32Array.BYTES_PER_ELEMENT),
    private readonly clock = machineMicros,
  ) {
    this.passed = new Int32Array(memory, threads * flowBucketsMax, flowBucketsMax);
    this.held = Array.from({ length: threads }, (_, index) => {
      return new Uint8Array(memory, index * flowBucketsMax, flowBucketsMax);
    });
  }

  /** The thread has one more channel on a flow. */
  add(from: Address, origin: Address): void {
    this.note(bucketOf(from, origin), 1);
  }

  /** The thread has one channel less on a flow. */
  remove(from: Address, origin: Address): void {
    this.note(bucketOf(from, origin), -1);
  }

  /** Whether any thread has, or may have, channels on a flow. */
  has(from: Address, origin: Address): boolean {
    const bucket = bucketOf(from, origin);
    return this.held.some((counts) => Atomics.load(counts, bucket) > 0);
  }

  /** The flow goes to its origin, as all threads know from here on. */
  pass(from: Address, origin: Address): void {
    Atomics.store(this.passed, bucketOf(from, origin), this.millis() || 1);
  }

  /** Whether that was a moment ago, of this flow or of another that is taken for it. */
  passes(from: Address, origin: Address): boolean {
    const at = Atomics.load(this.passed, bucketOf(from, origin));
    return at !== 0 && Math.abs((this.millis() - at) | 0) < limits.passing / 1_000;
  }

  /** A thread has ended, and holds nothing. */
  clear(thread: number): void {
    this.held[thread]?.fill(0);
  }

  private note(bucket: number, change: number): void {
    const counts = this.held[this.thread];
    const count = counts?.[bucket] ?? bucketMax;
    if (counts !== undefined && count < bucketMax) Atomics.store(counts, bucket, Math.max(0, count + change));
  }

  private millis(): number {
    return (this.clock() / 1_000) | 0;
  }
}

/** The bucket of the flow between two addresses. */
function bucketOf(from: Address, origin: Address): number {
  return hashFlow(from, origin) % flowBucketsMax;
}
