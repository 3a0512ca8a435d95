import { normalIp } from '@weir/ppspp';
import type { PeerAddress } from '../message/fields';
import type { Request } from '../message/request';
import type { Response } from '../message/response';
import { everySwarm } from './catalogue';
import { Connect } from './connect';
import type { RequestContext } from './context';
import { answerFind, answerReport } from './inquiry';
import type { TrackerOptions } from './options';
import { normalContext, TrackerParts } from './parts';
import { isSamePlace } from './registered-address';
import type { Random } from './sample';
import { pageOf, showMember, showPeer, showSwarm } from './showing';
import { voiceOf } from './speaker';
import type { MemberView, Page, PeerView, SwarmAccess, SwarmView, UnprovenAddress } from './views';

/** RFC 7846 section 2.3, figure 4. TERMINATED is transient. */
export type TrackerState = 'INIT' | 'STARTED';

/**
 * A PPSTP tracker as a function of (request, now, where from, who, dice). RFC 7846 sections 2.3 and 4.
 *
 * How a peer ID lives is in `PeerState`, who may speak for it in `voiceOf`, what others hear of it in `Abode`, and whom they
 * hear of in `Selection`. An "invalid swarm ID" (section 2.3.2 C) is, for STAT_REPORT, a swarm that the peer is not in; for
 * FIND, a swarm that is neither published nor has anybody in it.
 */
export class Tracker {
  private readonly parts: TrackerParts;
  private readonly connect: Connect;

  constructor(options: TrackerOptions, random: Random) {
    this.parts = new TrackerParts(options, random);
    this.connect = new Connect(this.parts);
  }

  get state(): TrackerState {
    return this.counts.peers === 0 ? 'INIT' : 'STARTED';
  }

  /** Registered peers, swarms with peers in them, and peers summed over swarms. */
  get counts(): { readonly peers: number; readonly swarms: number; readonly memberships: number } {
    return this.parts.registry.counts;
  }

  /** Answers a request. Never throws for what a request says. */
  handle(request: Request, context: RequestContext): Response {
    this.expire(context.now);
    const normal = normalContext(context);
    switch (request.type) {
      case 'CONNECT':
        return this.connect.answer(request, normal);
      case 'FIND':
        return answerFind(this.parts, request, normal);
      case 'STAT_REPORT':
        return answerReport(this.parts, request, normal);
    }
  }

  /** Forgets the peers that were silent for too long, and tells how many they were. RFC 7846 section 2.3.2 D. */
  expire(now: number): number {
    return this.parts.registry.expire(now);
  }

  /**
   * Where a member of a swarm proved to be: the best address that it registered whose IP its request comes from. Undefined
   * if it is not in the swarm, or has no such address.
   */
  residence(peerId: string, swarmId: string, from: RequestContext['from']): PeerAddress | undefined {
    const peer = this.parts.registry.peer(peerId);
    if (peer?.memberships.of(swarmId) === undefined) return undefined;
    const ip = normalIp(from.ip);
    return peer.addresses.find(({ address }) => address.ip === ip)?.address;
  }

  /** Whether a peer of this ID is registered, and the requester may speak for it: for `Admission`. */
  knows(peerId: string, context: RequestContext): boolean {
    this.expire(context.now);
    const peer = this.parts.registry.peer(peerId);
    return peer !== undefined && voiceOf(peer, normalContext(context)) === 'own';
  }

  /** Lets everyone into a swarm, or those alone that have a grant; members that have none are out. */
  publish(swarmId: string, access: SwarmAccess): void {
    this.parts.catalogue.publish(swarmId, access);
    this.removeUnpermitted(swarmId);
  }

  /** Ends a swarm: its members are out, and it cannot be joined any more. Tells how many members were removed. */
  withdraw(swarmId: string): number {
    this.parts.catalogue.withdraw(swarmId);
    return this.removeUnpermitted(swarmId);
  }

  /** Lets a principal into a closed swarm, or with `everySwarm` into each. */
  grant(swarmId: string, principalName: string): void {
    this.parts.catalogue.grant(swarmId, principalName);
  }

  /** Takes a grant back: the principal's peers are out of the swarms that it opened. */
  revoke(swarmId: string, principalName: string): void {
    const { catalogue, registry } = this.parts;
    catalogue.revoke(swarmId, principalName);
    const swarmIds = swarmId === everySwarm ? [...registry.allSwarms()].map((swarm) => swarm.swarmId) : [swarmId];
    for (const id of swarmIds) if (catalogue.access(id) === 'closed') this.removeUnpermitted(id);
  }

  /** Addresses that peers claim and have not proven, each once, the longest waiting first. */
  takeUnproven(max: number): readonly UnprovenAddress[] {
    return this.parts.unproven.take(max);
  }

  /** Takes an address for proven to be that peer's, which is listed with it from now on. */
  prove(peerId: string, place: UnprovenAddress['address'], now: number): void {
    this.expire(now);
    const peer = this.parts.registry.peer(peerId);
    const proven = peer?.addresses.filter((held) => !held.proven && isSamePlace(held.address, place)) ?? [];
    if (peer !== undefined) this.parts.registry.prove(peer, proven);
  }

  /** The swarms that somebody is in. */
  swarmsView(cursor = 0, limit = 100): Page<SwarmView> {
    const swarms = this.parts.registry.allSwarms();
    for (let skipped = 0; skipped < cursor; skipped++) if (swarms.next().done === true) break;
    const { items } = pageOf(() => swarms.next().value, 0, limit);
    const shown = items.map((swarm) => showSwarm(swarm, this.parts.catalogue));
    return { items: shown, next: items.length < limit ? undefined : cursor + limit };
  }

  /** One swarm; undefined if nobody is in it. */
  swarmView(swarmId: string): SwarmView | undefined {
    const swarm = this.parts.registry.swarm(swarmId);
    return swarm && showSwarm(swarm, this.parts.catalogue);
  }

  /** The members of a swarm. */
  peersView(swarmId: string, cursor = 0, limit = 100): Page<MemberView> {
    const swarm = this.parts.registry.swarm(swarmId);
    const { items, next } = pageOf((place) => swarm?.member(place), cursor, limit);
    return { items: items.map(showMember), next };
  }

  peerView(peerId: string): PeerView | undefined {
    const peer = this.parts.registry.peer(peerId);
    return peer && showPeer(peer);
  }

  /** Ends a peer's registration. False if there is none. */
  terminate(peerId: string): boolean {
    const peer = this.parts.registry.peer(peerId);
    if (peer !== undefined) this.parts.registry.advance(peer, 'left', peer.lastHeard);
    return peer !== undefined;
  }

  private removeUnpermitted(swarmId: string): number {
    const { catalogue, registry } = this.parts;
    return registry.evict(swarmId, ({ principal }) => catalogue.permission(swarmId, principal) !== 'granted');
  }
}
