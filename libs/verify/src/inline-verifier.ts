import { type HashFunction, digest, subtreeOf } from '@weir/ppspp';
import { VerifyError } from './errors';
import type { Verifier } from './verifier';

/** Hashes at once, on the caller's thread: for small runs, for command-line tools, and for simulations. */
export class InlineVerifier implements Verifier {
  private open = true;

  leafHashes(hash: HashFunction, chunks: readonly Uint8Array[]): Promise<Uint8Array[]> {
    return this.answer(() => chunks.map((chunk) => digest(hash, chunk)));
  }

  subtree(hash: HashFunction, bytes: Uint8Array, chunkSize: number): Promise<Uint8Array> {
    return this.answer(() => subtreeOf(hash, bytes, chunkSize));
  }

  close(): Promise<void> {
    this.open = false;
    return Promise.resolve();
  }

  private answer<Answer>(compute: () => Answer): Promise<Answer> {
    if (!this.open) return Promise.reject(new VerifyError('VERIFY_CLOSED', 'The verifier was closed. Make another.'));
    return Promise.resolve(compute());
  }
}
