import type { ChunkRange } from '../addressing/chunk-range';
import { nodeOfRange } from '../addressing/node';
import { equalBytes } from '../integrity/hash';
import type { HashTree, Proof, SizeClaim } from '../integrity/hash-tree';
import { rootOfPeaks } from '../integrity/peaks';
import { limits } from '../limits';
import type { IntegrityMessage } from '../wire/message';
import { binOf, nodeOfBin } from './uncles';

/**
 * Hashes one peer claimed and nothing has confirmed: kept apart for each peer, so that a wrong one is known to be its
 * own. RFC 7574 sections 5.2 and 5.6.
 */
export class Proofs {
  /** The size that the peer's peak hashes tell, once they lead to the root. */
  size: SizeClaim | undefined;
  private readonly claims = new Map<number, Uint8Array>();
  private peaks: Uint8Array[] = [];
  private peaksEnd = 0;
  private peakWidth = Number.POSITIVE_INFINITY;
  private tries = 0;

  /** The claims, for a tree to follow. */
  readonly proof: Proof = (height, index) => this.claims.get(binOf(height, index));

  /** Takes an INTEGRITY message; false if it contradicts what is proven. Hashes that stand like peaks are tried as such. */
  take({ range, hash }: IntegrityMessage, tree: HashTree): boolean {
    const node = nodeOfRange(range);
    if (node === undefined || hash.length !== tree.root.length) return true;
    const known = tree.at(node.height, node.index);
    if (known !== undefined && !tree.doubtful) return equalBytes(known, hash);
    const bin = binOf(node.height, node.index);
    // Each hash comes twice as a rule, and one copy is enough. Not `slice`, which gives a view of the platform's own arrays.
    const earlier = this.claims.get(bin);
    const copy = earlier !== undefined && equalBytes(earlier, hash) ? earlier : new Uint8Array(hash);
    if (copy !== earlier) this.remember(bin, copy);
    this.tryPeak(range, copy, tree);
    return known === undefined || equalBytes(known, hash);
  }

  /** True unless the peer claimed a hash that is not the proven one. */
  agreesWith(tree: HashTree): boolean {
    for (const [bin, hash] of this.claims) {
      const { height, index } = nodeOfBin(bin);
      if (!equalBytes(tree.at(height, index) ?? hash, hash)) return false;
    }
    return true;
  }

  clear(): void {
    this.claims.clear();
  }

  private remember(bin: number, hash: Uint8Array): void {
    this.claims.delete(bin);
    if (this.claims.size >= limits.proofsMax) {
      const oldest = this.claims.keys().next();
      if (oldest.done !== true) this.claims.delete(oldest.value);
    }
    this.claims.set(bin, hash);
  }

  /** Peaks come left to right, each narrower than the last, and leave no gap. RFC 7574 section 5.6.1. */
  private tryPeak({ first, last }: ChunkRange, hash: Uint8Array, tree: HashTree): void {
    const width = last - first + 1;
    if (first === 0) this.restart();
    if (first !== this.peaksEnd || width >= this.peakWidth) return;
    this.peaks.push(hash);
    this.peaksEnd = last + 1;
    this.peakWidth = width;
    if (this.tries++ >= limits.peakTriesMax) return;
    if (!equalBytes(rootOfPeaks(tree.hash, this.peaksEnd, this.peaks), tree.root)) return;
    this.size = { chunkCount: this.peaksEnd, peaks: [...this.peaks] };
    if (tree.chunkCount !== undefined) tree.adoptPeaks(this.peaksEnd, this.peaks);
  }

  private restart(): void {
    this.peaks = [];
    this.peaksEnd = 0;
    this.peakWidth = Number.POSITIVE_INFINITY;
  }
}
