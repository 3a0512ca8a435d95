import type { ChunkRange } from '../addressing/chunk-range';
import { ChunkSet } from '../addressing/chunk-set';
import { rangeOfNode, type TreeNode } from '../addressing/node';
import { limits } from '../limits';
import { neededNodes, type Coverage } from './uncles';

/** The hashes that go with a chunk, and what rests on them. */
export interface Proving {
  readonly nodes: readonly TreeNode[];
  /** The chunks that cannot be verified without what goes with this one. */
  readonly span: ChunkRange;
}

/**
 * What a peer will be able to verify if nothing is lost: what it has, and what is on its way to it. Each hash travels
 * once, so that a content costs one hash for each of its chunks, and what rests on a lost one is known. RFC 7574
 * sections 5.3 and 5.4.
 */
export class Provable implements Coverage {
  private readonly underway = new ChunkSet(limits.availabilityRunsMax);

  /** `known` are the chunks that the peer has. */
  constructor(private readonly known: ChunkSet) {}

  get runCount(): number {
    return this.known.runCount + this.underway.runCount;
  }

  /** True if the peer has a chunk of the range, or will have. */
  intersects(range: ChunkRange): boolean {
    return this.known.intersects(range) || this.underway.intersects(range);
  }

  /** What has to go with a chunk that leaves now. From here on it counts as on its way. */
  prove(chunk: number, chunkCount: number): Proving {
    const isFirst = this.runCount === 0;
    const nodes = neededNodes(chunk, chunkCount, this);
    this.underway.add({ first: chunk, last: chunk });
    return { nodes, span: isFirst ? { first: 0, last: chunkCount - 1 } : spanOf(chunk, nodes) };
  }

  /** The hashes on which a span rests may not have arrived: what is in it is proven anew. */
  drop(span: ChunkRange): void {
    if (!this.underway.intersects(span)) return;
    if (this.underway.runCount >= limits.availabilityRunsMax) this.clear();
    else this.underway.remove(span);
  }

  /** Nothing is taken to be on its way: all hashes are sent again where they are needed. */
  clear(): void {
    this.underway.clear();
  }
}

/** All below the parent of the topmost uncle. */
function spanOf(chunk: number, [top]: readonly TreeNode[]): ChunkRange {
  if (top === undefined) return { first: chunk, last: chunk };
  return rangeOfNode(top.height + 1, Math.floor(top.index / 2));
}
