import { HashTree, integrityOf, subtreeOf, type HashBlock, type Proof, type SwarmRecord } from '@weir/ppspp';
import { extentBytes } from './geometry';

/** What an extent carries where nothing protects the content. */
const noHashes = new Uint8Array(0);

/**
 * Proves bytes read from a file to be those of a swarm: believes nothing that does not lead to the swarm ID. Of content
 * that nothing protects, anything is believed that has its length.
 */
export class ContentProof {
  private constructor(
    private readonly record: SwarmRecord,
    private readonly tree: HashTree | undefined,
  ) {}

  /** Undefined if the record's own peak hashes do not lead to its swarm ID. */
  static of(record: SwarmRecord): ContentProof | undefined {
    const { swarmId, hash } = record.metadata;
    if (integrityOf(record.metadata) === 'none') return new ContentProof(record, undefined);
    const tree = new HashTree(hash, Buffer.from(swarmId, 'hex'));
    return tree.adoptPeaks(record.chunkCount, record.peaks) ? new ContentProof(record, tree) : undefined;
  }

  /** The 127 hashes over an extent's bytes if they lead to the swarm ID with the help of claimed hashes. */
  subtreeOf(index: number, bytes: Uint8Array, proof: Proof): Uint8Array | undefined {
    const { hash, chunkSize } = this.record.metadata;
    if (this.tree === undefined) return this.hasItsLength(index, bytes) ? noHashes : undefined;
    const subtree = subtreeOf(hash, bytes, chunkSize);
    return this.tree.admitExtent(index, subtree, proof) === 'verified' ? subtree : undefined;
  }

  /** The hash blocks as far as proven; each is told once. */
  takeBlocks(): HashBlock[] {
    return this.tree?.takeDirty() ?? [];
  }

  private hasItsLength(index: number, bytes: Uint8Array): boolean {
    const { contentBytes = 0, chunkSize } = this.record.metadata;
    const whole = extentBytes(chunkSize);
    return bytes.length === Math.min(whole, contentBytes - index * whole);
  }
}
