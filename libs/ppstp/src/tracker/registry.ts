import { invariant } from '@weir/ppspp';
import { limits } from '../limits';
import type { PeerMode, StreamStats, SwarmAction } from '../message/request';
import type { TrackerOptions } from './options';
import { type PeerEvent, type TimerAction, transition } from './peer-machine';
import { Membership, type PeerRegistration } from './peer-registration';
import type { RegisteredAddress } from './registered-address';
import { type Source, Sources } from './sources';
import { SuperNodes } from './super-nodes';
import { SwarmMembers } from './swarm-members';
import { TrackTimers } from './track-timers';

/**
 * Microseconds that a peer stays at its addresses for each of its swarms above those of one request: to move it there costs a
 * few for each, and would be all that the tracker does if a peer of thousands of swarms moved with each request.
 */
const stayPerSwarm = 1_000;

/** Swarms that the peers of one source prefix may be in, for each peer that it may have: as many as of the whole tracker. */
const swarmsPerPlace = 8;

/** What became of an action: `forbidden` if the peer's state does not allow it, `full` if a bound does not. */
export type ActionOutcome = 'done' | 'forbidden' | 'full';

/**
 * The tracker's tables: peers by ID, their timers, and the peers of each swarm. It keeps them consistent with each other
 * and within their bounds, and knows nothing of messages.
 */
export class Registry {
  readonly superNodes: SuperNodes;
  readonly sources = new Sources();
  private readonly peers = new Map<string, PeerRegistration>();
  private readonly swarms = new Map<string, SwarmMembers>();
  private readonly timers: TrackTimers<PeerRegistration>;
  private memberships = 0;

  constructor(private readonly options: TrackerOptions) {
    this.superNodes = new SuperNodes(options.superNodes);
    this.timers = new TrackTimers(options.trackMicros);
  }

  get counts(): { readonly peers: number; readonly swarms: number; readonly memberships: number } {
    return { peers: this.peers.size, swarms: this.swarms.size, memberships: this.memberships };
  }

  peer(peerId: string): PeerRegistration | undefined {
    return this.peers.get(peerId);
  }

  swarm(swarmId: string): SwarmMembers | undefined {
    return this.swarms.get(swarmId);
  }

  allSwarms(): IterableIterator<SwarmMembers, undefined> {
    return this.swarms.values();
  }

  /** Whether there is room for one more peer: in all, and from where it comes. Super nodes are not counted there. */
  hasRoomFor({ source, ip }: PeerRegistration): boolean {
    if (this.peers.size >= this.options.peersMax) return false;
    return source.peers < this.options.peersPerPrefixMax || this.superNodes.at([ip]) !== undefined;
  }

  /** Something happened to a peer: its state machine goes on, its timers with it, and in TERMINATE it is forgotten. */
  advance(peer: PeerRegistration, event: PeerEvent, now: number): void {
    const step = transition(peer.state, event);
    invariant(step !== undefined, `nothing follows ${event} in ${peer.state}`);
    peer.state = step.next;
    for (const action of step.timers) this.time(peer, action, now);
    if (step.next === 'TERMINATE') for (const { swarmId } of peer.memberships.all()) this.leave(peer, swarmId);
  }

  /** Terminates the peers whose track timer has run out, and tells how many. Costs what it finds. */
  expire(now: number): number {
    let expired = 0;
    for (let peer = this.timers.expired(now); peer !== undefined; peer = this.timers.expired(now)) {
      this.advance(peer, 'timeout', now);
      expired++;
    }
    return expired;
  }

  /**
   * Gives the peer its addresses anew, in the lists of its swarms too. Whoever is in more swarms than one request names stays
   * there for a while: where else it says that it is meanwhile is not heard.
   */
  reside(peer: PeerRegistration, addresses: readonly RegisteredAddress[], now: number): void {
    // A cache is in thousands of swarms, and says where it is with each hundred that it joins.
    if (areSame(peer.addresses, addresses) || now < peer.staysUntil) return;
    peer.staysUntil = now + Math.max(0, peer.memberships.size - limits.actionsPerConnectMax) * stayPerSwarm;
    this.relist(peer, () => {
      peer.addresses = addresses;
    });
  }

  /** Takes addresses of the peer for proven. */
  prove(peer: PeerRegistration, addresses: readonly RegisteredAddress[]): void {
    if (addresses.length === 0) return;
    this.relist(peer, () => {
      for (const address of addresses) address.proven = true;
    });
  }

  /** Lets a peer into a swarm, or changes its mode there. A swarm that is `known` otherwise is nobody's invention. */
  join(
    peer: PeerRegistration,
    { swarmId, mode }: Pick<SwarmAction, 'swarmId' | 'mode'>,
    known: boolean,
  ): ActionOutcome {
    const member = peer.memberships.of(swarmId);
    const swarm = this.swarms.get(swarmId);
    if (member !== undefined && swarm !== undefined) {
      swarm.delete(member);
      member.mode = mode;
      swarm.add(member);
      return 'done';
    }
    if (!this.hasRoomIn(swarm, peer, known)) return 'full';
    this.enter(peer, swarm ?? this.found(swarmId, known ? undefined : peer.source), mode);
    return 'done';
  }

  leave(peer: PeerRegistration, swarmId: string): ActionOutcome {
    const member = peer.memberships.of(swarmId);
    const swarm = this.swarms.get(swarmId);
    if (member === undefined || swarm === undefined) return 'forbidden';
    swarm.delete(member);
    if (swarm.size === 0) this.dissolve(swarm);
    peer.memberships.delete(swarmId);
    this.memberships--;
    this.sources.count(peer.source, 'memberships', -1);
    return 'done';
  }

  /** Removes members of a swarm, and tells how many. Who is in no swarm then is terminated. */
  evict(swarmId: string, isOut: (peer: PeerRegistration) => boolean): number {
    const members = this.swarms.get(swarmId)?.all() ?? [];
    const out = members.filter(({ peer }) => isOut(peer));
    for (const { peer } of out) {
      this.leave(peer, swarmId);
      if (peer.memberships.size === 0) this.advance(peer, 'left', peer.lastHeard);
    }
    return out.length;
  }

  /** Keeps what a peer says of itself in a swarm. False if it is not in that swarm. */
  report(peer: PeerRegistration, { swarmId, ...stats }: StreamStats): boolean {
    const member = peer.memberships.of(swarmId);
    if (member !== undefined) member.stats = stats;
    return member !== undefined;
  }

  private hasRoomIn(
    swarm: SwarmMembers | undefined,
    { memberships, source, ip }: PeerRegistration,
    known: boolean,
  ): boolean {
    const { swarmsMax, swarmsPerPeerMax, membershipsMax, peersPerPrefixMax } = this.options;
    const isInvented = swarm === undefined && !known;
    if (isInvented && this.swarms.size >= swarmsMax) return false;
    if (memberships.size >= swarmsPerPeerMax || this.memberships >= membershipsMax) return false;
    const isShared = source.memberships < swarmsPerPlace * peersPerPrefixMax;
    return (isShared && (!isInvented || source.swarms < peersPerPrefixMax)) || this.superNodes.at([ip]) !== undefined;
  }

  private found(swarmId: string, founder: Source | undefined): SwarmMembers {
    const swarm = new SwarmMembers(swarmId, founder);
    this.swarms.set(swarmId, swarm);
    if (founder !== undefined) this.sources.count(founder, 'swarms', 1);
    return swarm;
  }

  private dissolve({ swarmId, founder }: SwarmMembers): void {
    this.swarms.delete(swarmId);
    if (founder !== undefined) this.sources.count(founder, 'swarms', -1);
  }

  private enter(peer: PeerRegistration, swarm: SwarmMembers, mode: PeerMode): void {
    const member = new Membership(peer, swarm.swarmId, mode);
    swarm.add(member);
    peer.memberships.add(member);
    this.memberships++;
    this.sources.count(peer.source, 'memberships', 1);
  }

  /** Nothing runs for the init timer: see `PeerState`. */
  private time(peer: PeerRegistration, action: TimerAction, now: number): void {
    if (action === 'start-track') {
      this.peers.set(peer.peerId, peer);
      this.sources.count(peer.source, 'peers', 1);
      this.timers.start(peer, now);
    }
    if (action === 'restart-track') this.timers.restart(peer, now);
    if (action !== 'stop-track') return;
    this.timers.stop(peer);
    this.peers.delete(peer.peerId);
    this.sources.count(peer.source, 'peers', -1);
    this.superNodes.leave(peer);
  }

  /** Changes what decides where the peer is listed. */
  private relist(peer: PeerRegistration, change: () => void): void {
    const members = peer.memberships.all();
    for (const member of members) this.swarms.get(member.swarmId)?.delete(member);
    this.superNodes.leave(peer);
    change();
    const proven = peer.addresses.filter((address) => address.proven).slice(0, limits.addressesListedMax);
    peer.superNode = this.superNodes.at(proven.map(({ address }) => address.ip));
    const listed = this.superNodes.addressesOf(peer, proven);
    peer.listed = listed.length === peer.addresses.length ? peer.addresses : listed;
    peer.asn = peer.listed[0]?.address.asn;
    this.superNodes.enter(peer);
    for (const member of members) this.swarms.get(member.swarmId)?.add(member);
  }
}

function areSame(held: readonly RegisteredAddress[], given: readonly RegisteredAddress[]): boolean {
  return held.length === given.length && given.every((address, at) => address === held[at]);
}
