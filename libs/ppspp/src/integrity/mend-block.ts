import { siblingIndex } from '../addressing/node';
import { bytesOfSwarmId } from '../channel/handshake';
import { subtreeHashes, type HashBlock, type SwarmRecord } from '../swarm/content';
import { combine, equalBytes, hashBytes, isZero } from './hash';
import { HashTree, type Proof } from './hash-tree';
import { extentHeight, subtreeHash, subtreePosition } from './subtree';

/** Hashes from which a block may be made anew. Nothing of them is believed unless it leads to the swarm ID. */
export interface MendingSources {
  /** What the block says now, broken as it is. */
  readonly broken: HashBlock;
  /** The hash of what lies below one of the block's 64 leaves, as that says itself; undefined where it is not held. */
  readonly below: (leaf: number) => Uint8Array | undefined;
  /** Claims of the other blocks. */
  readonly others: Proof;
}

/**
 * A block of hashes above extents, made anew from what it stands on and from what of it is sound. Each hash in it leads to the swarm
 * ID; those that cannot be told are left out, as zeros. Undefined if nothing can be told, or the record does not lead to the swarm ID.
 */
export function mendedBlock(record: SwarmRecord, sources: MendingSources): HashBlock | undefined {
  const { hash, swarmId } = record.metadata;
  const tree = new HashTree(hash, bytesOfSwarmId(swarmId));
  if (!tree.adoptPeaks(record.chunkCount, record.peaks)) return undefined;
  return new Mending(tree, sources).run();
}

class Mending {
  private readonly size: number;
  private readonly base: number;
  private readonly hashes: Uint8Array;
  /** What the nodes of the block are by those below them. */
  private readonly computed = new Map<number, Uint8Array>();

  constructor(
    private readonly tree: HashTree,
    private readonly sources: MendingSources,
  ) {
    this.size = hashBytes[tree.hash];
    this.base = sources.broken.tier * extentHeight;
    this.hashes = new Uint8Array(subtreeHashes * this.size);
  }

  run(): HashBlock | undefined {
    const { tier, index } = this.sources.broken;
    this.compute();
    const root = this.root();
    if (root !== undefined) this.descend(extentHeight, 0, root);
    this.descendFromPeaks();
    return isZero(this.hashes) ? undefined : { tier, index, hashes: this.hashes };
  }

  /** Bottom-up: a node is what both below it say. */
  private compute(): void {
    for (let leaf = 0; leaf < 2 ** extentHeight; leaf++) {
      const below = this.sources.below(leaf) ?? this.known(0, leaf);
      if (below !== undefined) this.computed.set(subtreePosition(0, leaf), below);
    }
    for (let height = 1; height <= extentHeight; height++) {
      for (let at = 0; at < 2 ** (extentHeight - height); at++) {
        const left = this.says(height - 1, 2 * at);
        const right = this.says(height - 1, 2 * at + 1);
        if (left && right) this.computed.set(subtreePosition(height, at), combine(this.tree.hash, left, right));
      }
    }
  }

  /** Of a block at the edge of the content the peaks know some hashes, though not its root. */
  private descendFromPeaks(): void {
    for (let height = extentHeight - 1; height >= 0; height--) {
      for (let at = 0; at < 2 ** (extentHeight - height); at++) {
        const known = this.known(height, at);
        const isNew = isZero(subtreeHash(this.hashes, this.size, height, at));
        if (isNew && known !== undefined && !isZero(known)) this.descend(height, at, known);
      }
    }
  }

  private says(height: number, at: number): Uint8Array | undefined {
    return this.computed.get(subtreePosition(height, at)) ?? this.claim(height, at);
  }

  private claim(height: number, at: number): Uint8Array | undefined {
    if (height === extentHeight) return undefined;
    const hash = subtreeHash(this.sources.broken.hashes, this.size, height, at);
    return hash.length < this.size || isZero(hash) ? undefined : hash;
  }

  /** By the peaks alone. */
  private known(height: number, at: number): Uint8Array | undefined {
    const width = 2 ** (extentHeight - height);
    return this.tree.at(this.base + height, this.sources.broken.index * width + at);
  }

  /** A node that is proven gives its pair away, if some of what is said of the two leads to it. */
  private descend(height: number, at: number, hash: Uint8Array): void {
    if (height < extentHeight) this.hashes.set(hash, subtreePosition(height, at) * this.size);
    if (height === 0) return;
    const pair = this.pairUnder(hash, height - 1, 2 * at);
    for (const side of [0, 1]) {
      const below = pair?.[side] ?? this.known(height - 1, 2 * at + side);
      if (below !== undefined) this.descend(height - 1, 2 * at + side, below);
    }
  }

  private pairUnder(hash: Uint8Array, height: number, at: number): readonly Uint8Array[] | undefined {
    for (const left of this.candidates(height, at)) {
      for (const right of this.candidates(height, at + 1)) {
        if (equalBytes(combine(this.tree.hash, left, right), hash)) return [left, right];
      }
    }
    return undefined;
  }

  private candidates(height: number, at: number): Uint8Array[] {
    const known = this.known(height, at);
    if (known !== undefined) return [known];
    const both = [this.computed.get(subtreePosition(height, at)), this.claim(height, at)];
    return both.filter((hash) => hash !== undefined);
  }

  /** It stands in the block above: the peaks say it, or what is said of it leads to them by other blocks. */
  private root(): Uint8Array | undefined {
    const { broken, others } = this.sources;
    const height = this.base + extentHeight;
    const said = [
      this.known(extentHeight, 0),
      this.computed.get(subtreePosition(extentHeight, 0)),
      others(height, broken.index),
    ];
    return said.find((hash) => hash !== undefined && this.leadsUp(hash, height, broken.index));
  }

  private leadsUp(hash: Uint8Array, from: number, at: number): boolean {
    let [climbing, index] = [hash, at];
    for (let height = from; height <= from + climbMax; height++) {
      const known = this.tree.at(height, index);
      if (known !== undefined) return equalBytes(known, climbing);
      const sibling = siblingIndex(index);
      const beside = this.tree.at(height, sibling) ?? this.sources.others(height, sibling);
      if (beside === undefined) return false;
      climbing =
        index % 2 === 0 ? combine(this.tree.hash, climbing, beside) : combine(this.tree.hash, beside, climbing);
      index = Math.floor(index / 2);
    }
    return false;
  }
}

/** Levels above a block: there are no more than 53 of a whole tree. */
const climbMax = 53;
