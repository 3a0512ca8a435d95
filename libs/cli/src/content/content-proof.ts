import { HashTree, subtreeOf, type HashBlock, type Proof, type SwarmRecord } from '@weir/ppspp';

/** Proves bytes read from a file to be those of a swarm: believes nothing that does not lead to the swarm ID. */
export class ContentProof {
  private constructor(
    private readonly record: SwarmRecord,
    private readonly tree: HashTree,
  ) {}

  /** Undefined if the record's own peak hashes do not lead to its swarm ID. */
  static of(record: SwarmRecord): ContentProof | undefined {
    const { swarmId, hash } = record.metadata;
    const tree = new HashTree(hash, Buffer.from(swarmId, 'hex'));
    return tree.adoptPeaks(record.chunkCount, record.peaks) ? new ContentProof(record, tree) : undefined;
  }

  /** The 127 hashes over an extent's bytes if they lead to the swarm ID with the help of claimed hashes. */
  subtreeOf(index: number, bytes: Uint8Array, proof: Proof): Uint8Array | undefined {
    const { hash, chunkSize } = this.record.metadata;
    const subtree = subtreeOf(hash, bytes, chunkSize);
    return this.tree.admitExtent(index, subtree, proof) === 'verified' ? subtree : undefined;
  }

  /** The hash blocks as far as proven; each is told once. */
  takeBlocks(): HashBlock[] {
    return this.tree.takeDirty();
  }
}
