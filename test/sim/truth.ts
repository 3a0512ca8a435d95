import { CacheError, decodeDatagram, type Extent, type SwarmId } from '@weir/ppspp';
import type { Published } from './content';
import type { Peer } from './peer';

/** Something happened that never must. */
export class Violation extends CacheError<'WORLD_VIOLATED'> {}

/** What is right in a world: no peer may store anything else, or send it unless it is meant to lie. */
export class Truth {
  private readonly contents = new Map<SwarmId, Published>();

  learn(published: Published): void {
    this.contents.set(published.metadata.swarmId, published);
  }

  /** An extent that a peer is about to store. */
  checkWrite(peer: Peer, swarmId: SwarmId, extent: Extent): void {
    const right = this.contents.get(swarmId)?.extents[extent.index];
    if (right === undefined) return;
    if (Buffer.compare(right.bytes, extent.bytes) !== 0) this.violated(peer, `stores wrong bytes in ${extent.index}`);
    if (Buffer.compare(right.hashes, extent.hashes) !== 0)
      this.violated(peer, `stores wrong hashes in ${extent.index}`);
  }

  /** A datagram that a peer is about to send. */
  checkDatagram(peer: Peer, to: { readonly ip: string; readonly port: number }, bytes: Uint8Array): void {
    for (const channel of peer.endpoint.channels.all()) {
      if (channel.address.ip !== to.ip || channel.address.port !== to.port) continue;
      const { messages } = decodeDatagram(bytes, channel.dialect);
      const right = this.contents.get(channel.swarm.holdings.metadata.swarmId);
      if (bytes.length < 4 || new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== channel.remoteId) continue;
      for (const message of messages) {
        if (message.type !== 'data' || right === undefined) continue;
        const from = message.range.first * right.metadata.chunkSize;
        const expected = right.bytes.subarray(from, from + right.metadata.chunkSize);
        if (Buffer.compare(expected, message.bytes) !== 0)
          this.violated(peer, `serves a wrong chunk ${message.range.first}`);
      }
    }
  }

  private violated(peer: Peer, what: string): never {
    throw new Violation('WORLD_VIOLATED', `${peer.address.ip} ${what}`);
  }
}
