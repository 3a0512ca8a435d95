import { peakNodes, rootHeight, siblingIndex, widthAt, type TreeNode } from '../addressing/node';
import { extentChunks, subtreeHashes, type HashBlock } from '../swarm/content';
import type { HashFunction } from '../swarm/metadata';
import { Block, blockKey, placeOf } from './block';
import { combine, equalBytes, hashBytes, isZero } from './hash';
import { climbFromPeaks, rootOfPeaks } from './peaks';
import { extentHeight, subtreeHash } from './subtree';

/** Hashes that somebody claims, to be believed only when they lead to a known one. */
export type Proof = (height: number, index: number) => Uint8Array | undefined;

/**
 * What a claimed hash led to: `verified`, all hashes on the way are known now; `incomplete`, a hash is missing;
 * `mismatch`, content or hashes are wrong.
 */
export type Verdict = 'verified' | 'incomplete' | 'mismatch';

/** What somebody says of a content's size: peak hashes that lead to its root. RFC 7574 section 5.6. */
export interface SizeClaim {
  readonly chunkCount: number;
  readonly peaks: readonly Uint8Array[];
}

interface Step {
  readonly height: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

const noProof: Proof = () => undefined;

/**
 * The verified part of one content's Merkle hash tree, grown from its root as proofs arrive.
 * Nothing enters that does not hash up to the root. RFC 7574 sections 5.1 to 5.3 and 5.6.
 */
export class HashTree {
  /** Hashes computed for what others claim. */
  hashed = 0;
  private readonly blocks = new Map<number, Block>();
  private readonly dirty = new Set<number>();
  private readonly size: number;
  private readonly empty: Uint8Array;
  private count: number | undefined;
  /** The number of chunks rests on the root as the only peak, which any number of the same height could claim. */
  private implied = false;

  constructor(
    readonly hash: HashFunction,
    readonly root: Uint8Array,
  ) {
    this.size = hashBytes[hash];
    this.empty = new Uint8Array(this.size);
  }

  /** Chunks in the content, or undefined until peaks proved it. */
  get chunkCount(): number | undefined {
    return this.count;
  }

  /** True while the number of chunks is one of several that the root admits; real peaks, or the last chunk, decide. */
  get doubtful(): boolean {
    return this.implied;
  }

  /**
   * Takes the content's size from its peak hashes; false if they do not lead to the root.
   *
   * That proves the number of chunks only together with a chunk: the peaks of a tree without its lowest levels, and the
   * root alone for any power of two, lead to the root as well. What peers claim goes through `admitFirst`.
   */
  adoptPeaks(chunkCount: number, hashes: readonly Uint8Array[]): boolean {
    if (this.count !== undefined && !this.mayBecome(chunkCount, hashes)) return this.count === chunkCount;
    this.hashed += 2 * rootHeight(chunkCount);
    if (!equalBytes(rootOfPeaks(this.hash, chunkCount, hashes), this.root)) return false;
    this.count = chunkCount;
    this.implied = hashes.length === 1;
    peakNodes(chunkCount).forEach(({ height, index }, at) => {
      this.put(height, index, hashes[at] ?? this.empty);
    });
    for (const { height, index, hash } of climbFromPeaks(this.hash, chunkCount, hashes)) this.put(height, index, hash);
    return true;
  }

  /**
   * Takes a claimed size with the first chunk, which proves the height of the tree, or neither. The chunk must not be as
   * long as two hashes: it could be an inner node then, shown as the leaf of a smaller tree.
   */
  admitFirst({ chunkCount, peaks }: SizeClaim, chunk: number, leaf: Uint8Array, proof: Proof): Verdict {
    if (!this.adoptPeaks(chunkCount, peaks)) return 'mismatch';
    const verdict = this.admitChunk(chunk, leaf, proof);
    if (verdict !== 'verified') this.withdrawSize();
    return verdict;
  }

  /** The hash of a node if it is verified, or known to be empty. */
  at(height: number, index: number): Uint8Array | undefined {
    if (this.count !== undefined && index * widthAt(height) >= this.count) return this.empty;
    const { tier, block, position } = placeOf(height, index);
    return this.blocks.get(blockKey(tier, block))?.at(position);
  }

  /** The peak hashes, left to right; empty until the number of chunks is known. */
  peaks(): Uint8Array[] {
    return peakNodes(this.count ?? 0).map(({ height, index }) => this.at(height, index) ?? this.empty);
  }

  /** Checks the hash of one chunk against what is known, with the help of claimed hashes. */
  admitChunk(chunk: number, leaf: Uint8Array, proof: Proof): Verdict {
    const verdict = this.climb({ height: 0, index: chunk, hash: leaf }, proof);
    if (verdict === 'verified' && chunk + 1 === this.count) this.confirmSize();
    return verdict;
  }

  /** The first hash, from below, that is neither known nor claimed on the way from a chunk to what is known. */
  missing(chunk: number, proof: Proof): TreeNode | undefined {
    if (this.count === undefined) return undefined;
    let index = chunk;
    for (let height = 0; height <= rootHeight(this.count); height++) {
      if (this.at(height, index) !== undefined) return undefined;
      const sibling = siblingIndex(index);
      if ((this.at(height, sibling) ?? proof(height, sibling)) === undefined) return { height, index: sibling };
      index = Math.floor(index / 2);
    }
    return undefined;
  }

  /** The last chunk was verified, now or in an earlier run: there are as many chunks as was claimed. */
  confirmSize(): void {
    this.implied = false;
  }

  /** Checks the 127 hashes of an extent, computed from its bytes. */
  admitExtent(extent: number, subtree: Uint8Array, proof: Proof = noProof): Verdict {
    const height = Math.min(extentHeight, rootHeight(this.count ?? extentChunks));
    return this.climb({ height, index: extent, hash: subtreeHash(subtree, this.size, height, 0) }, proof);
  }

  /** Forgets the hashes inside an extent, once the extent itself carries them; but never a peak. */
  releaseExtent(extent: number): void {
    const isLast = this.count !== undefined && (extent + 1) * extentChunks > this.count;
    if (!isLast) this.blocks.delete(blockKey(0, extent));
  }

  /** Takes hashes that we computed ourselves in this run; nobody else's ever go this way. */
  trust({ tier, index, hashes }: HashBlock): void {
    const block = new Block(tier, index, this.size);
    for (let position = 0; position < subtreeHashes; position++) {
      const hash = hashes.subarray(position * this.size, (position + 1) * this.size);
      if (!isZero(hash)) block.put(position, hash);
    }
    this.blocks.set(blockKey(tier, index), block);
  }

  /** Copies of the blocks above the extents that changed since the last call. */
  takeDirty(): HashBlock[] {
    const changed: HashBlock[] = [];
    for (const key of this.dirty) {
      const block = this.blocks.get(key);
      if (block !== undefined) changed.push({ tier: block.tier, index: block.index, hashes: block.hashes.slice() });
    }
    this.dirty.clear();
    return changed;
  }

  /** Real peaks may correct a power of two: they show which leaves are empty, and that cannot be made up. */
  private mayBecome(chunkCount: number, hashes: readonly Uint8Array[]): boolean {
    return this.implied && hashes.length > 1 && rootHeight(chunkCount) === rootHeight(this.count ?? 0);
  }

  private withdrawSize(): void {
    this.count = undefined;
    this.implied = false;
    this.blocks.clear();
    this.dirty.clear();
  }

  private climb(from: Step, proof: Proof): Verdict {
    if (this.count === undefined) return 'incomplete';
    const top = rootHeight(this.count);
    const steps: Step[] = [];
    let { height, index, hash } = from;
    while (height <= top) {
      const known = this.at(height, index);
      if (known !== undefined) return this.conclude(known, hash, steps);
      const sibling = siblingIndex(index);
      const beside = this.at(height, sibling) ?? proof(height, sibling);
      if (beside === undefined) return 'incomplete';
      steps.push({ height, index, hash }, { height, index: sibling, hash: beside });
      this.hashed++;
      hash = index % 2 === 0 ? combine(this.hash, hash, beside) : combine(this.hash, beside, hash);
      height++;
      index = Math.floor(index / 2);
    }
    return 'mismatch';
  }

  private conclude(known: Uint8Array, hash: Uint8Array, steps: readonly Step[]): Verdict {
    if (!equalBytes(known, hash)) return 'mismatch';
    for (const step of steps)
      if (this.at(step.height, step.index) === undefined) this.put(step.height, step.index, step.hash);
    return 'verified';
  }

  private put(height: number, index: number, hash: Uint8Array): void {
    const { tier, block, position } = placeOf(height, index);
    const key = blockKey(tier, block);
    const kept = this.blocks.get(key) ?? new Block(tier, block, this.size);
    this.blocks.set(key, kept);
    kept.put(position, hash);
    if (tier > 0) this.dirty.add(key);
  }
}
