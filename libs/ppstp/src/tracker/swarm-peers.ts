import type { PeerInfo } from '../message/response';
import type { PeerRegistration } from './peer-registration';
import { type Random, Roster } from './roster';

/** Priorities that we list peers with: "The larger the value, the higher the priority" (RFC 7846 table 3). */
export const listPriority = { superNode: 2, peer: 1 } as const;

/** Who asks for peers. */
export interface Requester {
  readonly peer: PeerRegistration;
  /** Where its request came from. */
  readonly from: string;
}

/** The peers of one swarm, and which of them to name to whom. */
export class SwarmPeers {
  private readonly superNodes = new Roster<PeerRegistration>();
  private readonly others = new Roster<PeerRegistration>();

  get size(): number {
    return this.superNodes.size + this.others.size;
  }

  add(peer: PeerRegistration): void {
    (peer.superNode === undefined ? this.others : this.superNodes).add(peer);
  }

  delete(peer: PeerRegistration): void {
    if (!this.others.delete(peer)) this.superNodes.delete(peer);
  }

  /**
   * At most `count` entries: first the super nodes that are there for the requester, with the best priority, so that
   * its chunks come from near; then a random sample of the other peers; super nodes of other subscribers come last.
   * The requester is never among them, nor a peer at one of its addresses: that is itself under an earlier peer ID.
   */
  select(requester: Requester, count: number, random: Random): PeerInfo[] {
    const listed: PeerInfo[] = [];
    if (count === 0) return listed;
    for (const { peer, priority } of this.candidates(requester, random)) {
      if (peer === requester.peer || sharesAddress(peer, requester.peer)) continue;
      for (const address of peer.addresses) {
        listed.push({ peerId: peer.peerId, address: { ...address, priority } });
        if (listed.length === count) return listed;
      }
    }
    return listed;
  }

  private *candidates({ peer: asking, from }: Requester, random: Random) {
    const ips = [from, ...asking.addresses.map(({ ip }) => ip)];
    const far: PeerRegistration[] = [];
    for (const peer of this.superNodes.shuffled(random)) {
      if (peer.serves(ips)) yield { peer, priority: listPriority.superNode };
      else far.push(peer);
    }
    for (const peer of this.others.shuffled(random)) yield { peer, priority: listPriority.peer };
    for (const peer of far) yield { peer, priority: listPriority.peer };
  }
}

function sharesAddress(peer: PeerRegistration, other: PeerRegistration): boolean {
  return peer.addresses.some(({ ip, port }) => other.addresses.some((own) => own.ip === ip && own.port === port));
}
