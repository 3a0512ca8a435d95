import { performance } from 'node:perf_hooks';
import { type HashFunction, hashBytes } from '@weir/ppspp';
import { Piscina } from 'piscina';
import { VerifyError } from './errors';
import { InlineVerifier } from './inline-verifier';
import { chunksPerTaskMin, taskBytesMax, tasksMax } from './limits';
import type { VerifyMetrics } from './metrics';
import { type VerifyTask, leavesTask, subtreeTask, totalBytes, unpacked } from './tasks';
import type { Verifier } from './verifier';
import { workerFile } from './worker-file';

/**
 * Hashes runs of 64 chunks or more on threads of its own, one task each, and smaller ones on the caller's. When the
 * pool has too much to do, the caller's thread hashes too: nothing is refused, and nothing piles up.
 */
export class PoolVerifier implements Verifier {
  private readonly pool: Piscina<VerifyTask, Uint8Array>;
  private readonly inline = new InlineVerifier();
  private open = true;
  private tasks = 0;
  private taskBytes = 0;

  /** `threads` is at least 1. */
  constructor(
    threads: number,
    private readonly metrics?: VerifyMetrics,
  ) {
    // Threads stay: a new one costs 30 ms. The queue is bounded here, in bytes too, before it is at the pool's bound.
    const workers = { minThreads: threads, maxThreads: threads, maxQueue: tasksMax, atomics: 'disabled' } as const;
    this.pool = new Piscina({ filename: workerFile('verify'), ...workers });
    // A thread that dies without a task is told of as an event, and another takes its place; an event that nobody hears would
    // end ours.
    this.pool.on('error', () => undefined);
  }

  async leafHashes(hash: HashFunction, chunks: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const bytes = totalBytes(chunks);
    if (!this.takes(chunks.length, bytes)) return this.inline.leafHashes(hash, chunks);
    return unpacked(await this.run(leavesTask(hash, chunks), bytes), hashBytes[hash]);
  }

  async subtree(hash: HashFunction, bytes: Uint8Array, chunkSize: number): Promise<Uint8Array> {
    if (!this.takes(Math.ceil(bytes.length / chunkSize), bytes.length)) {
      return this.inline.subtree(hash, bytes, chunkSize);
    }
    return this.run(subtreeTask(hash, bytes, chunkSize), bytes.length);
  }

  async close(): Promise<void> {
    this.open = false;
    await this.inline.close();
    await this.pool.close();
  }

  /** Where a run is hashed, which is counted. A closed verifier's inline half refuses it. */
  private takes(chunks: number, bytes: number): boolean {
    const small = chunks < chunksPerTaskMin;
    const busy = this.tasks >= tasksMax || (this.tasks > 0 && this.taskBytes + bytes > taskBytesMax);
    const place = small ? 'small' : busy ? 'overflow' : 'pool';
    if (this.open) this.metrics?.hashedBytes.inc({ place }, bytes);
    return this.open && place === 'pool';
  }

  private async run(task: VerifyTask, bytes: number): Promise<Uint8Array> {
    const started = performance.now();
    this.tasks++;
    this.taskBytes += bytes;
    try {
      return await this.pool.run(task);
    } catch (cause) {
      throw new VerifyError('VERIFY_FAILED', 'A verify thread ended before it answered.', {}, { cause });
    } finally {
      this.tasks--;
      this.taskBytes -= bytes;
      this.metrics?.taskSeconds.observe((performance.now() - started) / 1000);
    }
  }
}
