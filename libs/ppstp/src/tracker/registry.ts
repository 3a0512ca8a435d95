import type { StreamStats, SwarmAction } from '../message/request';
import { type Membership, type PeerRegistration } from './peer-registration';
import type { TrackerOptions } from './options';
import { SwarmPeers } from './swarm-peers';

/** What became of an action: `forbidden` if the peer's state does not allow it, `full` if a bound does not. */
export type ActionOutcome = 'done' | 'forbidden' | 'full';

/**
 * The tracker's tables: peers by ID, ordered by when they were last heard of, and the peers of each swarm. It keeps them
 * consistent with each other and within their bounds, and knows nothing of messages.
 */
export class Registry {
  private readonly peers = new Map<string, PeerRegistration>();
  private readonly swarms = new Map<string, SwarmPeers>();
  private memberships = 0;

  constructor(private readonly options: TrackerOptions) {}

  get counts(): { readonly peers: number; readonly swarms: number; readonly memberships: number } {
    return { peers: this.peers.size, swarms: this.swarms.size, memberships: this.memberships };
  }

  get full(): boolean {
    return this.peers.size >= this.options.peersMax;
  }

  peer(peerId: string): PeerRegistration | undefined {
    return this.peers.get(peerId);
  }

  swarm(swarmId: string): SwarmPeers | undefined {
    return this.swarms.get(swarmId);
  }

  /** Restarts the peer's track timer; a peer that was not in the table is from now on. */
  track(peer: PeerRegistration, now: number): void {
    peer.lastHeard = now;
    this.peers.delete(peer.peerId);
    this.peers.set(peer.peerId, peer);
  }

  /** Takes the peer out of all its swarms and out of the table: TERMINATE. */
  terminate(peer: PeerRegistration): void {
    for (const swarmId of peer.memberships.keys()) this.remove(peer, swarmId);
    this.peers.delete(peer.peerId);
  }

  /** Terminates the peers whose track timer has run out, and tells how many. Costs what it finds. */
  expire(now: number): number {
    let expired = 0;
    for (const peer of this.peers.values()) {
      if (peer.lastHeard + this.options.trackMicros > now) break;
      this.terminate(peer);
      expired++;
    }
    return expired;
  }

  /** Gives the peer its addresses anew, in the lists of its swarms too. */
  reside(peer: PeerRegistration, addresses: PeerRegistration['addresses']): void {
    const rosters = [...peer.memberships.keys()].map((swarmId) => this.swarms.get(swarmId));
    for (const roster of rosters) roster?.delete(peer);
    peer.reside(addresses, this.options.superNodes);
    for (const roster of rosters) roster?.add(peer);
  }

  act(peer: PeerRegistration, { swarmId, action, mode }: SwarmAction): ActionOutcome {
    const membership = peer.memberships.get(swarmId);
    if (action === 'LEAVE') return membership === undefined ? 'forbidden' : this.remove(peer, swarmId);
    if (membership === undefined) return this.join(peer, swarmId, { mode, stats: undefined });
    membership.mode = mode;
    return 'done';
  }

  /** Keeps what a peer says of itself in a swarm. False if it is not in that swarm. */
  report(peer: PeerRegistration, stats: StreamStats): boolean {
    const membership = peer.memberships.get(stats.swarmId);
    if (membership !== undefined) membership.stats = stats;
    return membership !== undefined;
  }

  private join(peer: PeerRegistration, swarmId: string, membership: Membership): ActionOutcome {
    const { swarmsMax, swarmsPerPeerMax, membershipsMax } = this.options;
    const room = peer.memberships.size < swarmsPerPeerMax && this.memberships < membershipsMax;
    const swarm = this.swarms.get(swarmId) ?? (this.swarms.size < swarmsMax ? new SwarmPeers() : undefined);
    if (!room || swarm === undefined) return 'full';
    this.swarms.set(swarmId, swarm);
    swarm.add(peer);
    peer.memberships.set(swarmId, membership);
    this.memberships++;
    return 'done';
  }

  private remove(peer: PeerRegistration, swarmId: string): ActionOutcome {
    const swarm = this.swarms.get(swarmId);
    swarm?.delete(peer);
    if (swarm?.size === 0) this.swarms.delete(swarmId);
    peer.memberships.delete(swarmId);
    this.memberships--;
    return 'done';
  }
}
