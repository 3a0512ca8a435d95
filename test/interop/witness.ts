import {
  bytesOfSwarmId,
  decodeDatagram,
  digest,
  HashTree,
  nodeOfRange,
  peakNodes,
  rangeOfNode,
  type ChunkRange,
  type Message,
} from '@weir/ppspp';
import { foreignDialect } from './outsider';

/**
 * What a receiver that follows RFC 7574 makes of a seeder's datagrams: it believes the content's size when the peaks
 * prove it, and a chunk when the hashes that came before it do (section 5.3). Whatever it could not use is a complaint.
 */
export class Witness {
  readonly complaints: string[] = [];
  /** Verified chunks. */
  readonly chunks = new Map<number, Uint8Array>();
  /** DATA messages, the repeated ones too. */
  deliveries = 0;
  /** One after the highest chunk that a HAVE named. */
  offered = 0;
  private readonly tree: HashTree;
  private readonly claims = new Map<string, Uint8Array>();

  constructor(
    swarmId: string,
    private readonly chunkSize: number,
  ) {
    this.tree = new HashTree('sha1', bytesOfSwarmId(swarmId));
  }

  /** Takes a datagram; the chunks in it that verified, repeated ones too. */
  hear(bytes: Uint8Array): number[] {
    const { messages, fault } = decodeDatagram(bytes, foreignDialect);
    if (fault !== undefined) this.complaints.push(`a datagram is faulty: ${fault}`);
    return messages.flatMap((message) => this.take(message));
  }

  /** The content, as far as it came without a gap. */
  get bytes(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let part = this.chunks.get(0); part !== undefined; part = this.chunks.get(parts.length)) parts.push(part);
    return Buffer.concat(parts);
  }

  private take(message: Message): number[] {
    switch (message.type) {
      case 'handshake':
        break;
      case 'have':
        this.offered = Math.max(this.offered, message.range.last + 1);
        break;
      case 'integrity':
        this.claims.set(keyOf(message.range), message.hash.slice());
        break;
      case 'data':
        return this.takeData(message.range, message.bytes) ? [message.range.first] : [];
      case 'ack':
      case 'request':
      case 'cancel':
      case 'choke':
      case 'unchoke':
      case 'pex-request':
      case 'pex-response-v4':
      case 'pex-response-v6':
      case 'pex-certificate':
        this.complaints.push(`a seeder says ${message.type}`);
    }
    return [];
  }

  private takeData({ first, last }: ChunkRange, bytes: Uint8Array): boolean {
    this.deliveries++;
    if (first !== last) this.complaints.push(`DATA ${first}-${last} has several chunks`);
    if (!this.isSized()) {
      this.complaints.push(`DATA ${first} comes before the peaks`);
      return false;
    }
    // Nothing may follow a DATA message: the peers here take the rest of the datagram for the chunk.
    if (bytes.length > this.chunkSize) this.complaints.push(`DATA ${first} is not at the end of its datagram`);
    const verdict = this.tree.admitChunk(first, digest('sha1', bytes), (height, index) =>
      this.claims.get(keyOf(rangeOfNode(height, index))),
    );
    if (verdict === 'verified') this.chunks.set(first, bytes.slice());
    else this.complaints.push(`DATA ${first} is ${verdict}`);
    return verdict === 'verified';
  }

  /** RFC 7574 section 5.6.2: the peaks come before the first chunk, or in its datagram. */
  private isSized(): boolean {
    if (this.tree.chunkCount !== undefined) return true;
    const peaks = peakNodes(this.offered).map(({ height, index }) =>
      this.claims.get(keyOf(rangeOfNode(height, index))),
    );
    const known = peaks.filter((hash) => hash !== undefined);
    return known.length === peaks.length && this.tree.adoptPeaks(this.offered, known);
  }
}

function keyOf(range: ChunkRange): string {
  const node = nodeOfRange(range);
  return `${String(node?.height)}/${String(node?.index)}`;
}
