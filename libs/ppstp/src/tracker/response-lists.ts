import { limits } from '../limits';
import type { PeerInfo } from '../message/peer-info';
import type { Seeker } from './seeker';
import type { Selection } from './selection';
import type { SwarmMembers } from './swarm-members';

/** The peer lists of one response, which have one bound together. */
export class ResponseLists {
  private room: number = limits.peersPerResponseMax;

  constructor(private readonly selection: Selection) {}

  /** As many as were asked for, or as many as there may be. */
  list(swarm: SwarmMembers | undefined, seeker: Seeker): readonly PeerInfo[] {
    const count = Math.min(seeker.wish?.peerCount ?? limits.peerCountMax, limits.peerCountMax, this.room);
    const peers = this.selection.select(swarm, seeker, count);
    this.room -= peers.length;
    return peers;
  }
}
