import { normalIp, peerIpUsable } from '@weir/ppspp';
import { limits } from '../limits';
import type { PeerAddress } from '../message/fields';
import type {
  ConnectRequest,
  FindRequest,
  PeerNumber,
  Request,
  StatReportRequest,
  SwarmAction,
} from '../message/request';
import { errorCodes, errorResponse, type PeerInfo, type Response, type SwarmResult } from '../message/response';
import { Catalogue } from './catalogue';
import type { RequestContext } from './context';
import type { TrackerOptions } from './options';
import { PeerRegistration } from './peer-registration';
import { type ActionOutcome, Registry } from './registry';
import type { Random } from './roster';
import type { Requester } from './swarm-peers';
import type { MemberView, Page, PeerView, SwarmAccess, SwarmView, UnprovenAddress } from './views';

/** RFC 7846 section 2.3, figure 4. TERMINATED is transient. */
export type TrackerState = 'INIT' | 'STARTED';

/**
 * A PPSTP tracker as a function of (request, now, where from, dice). RFC 7846 sections 2.3 and 4.
 *
 * The per-Peer-ID state machine is the one of figure 5 and table 6, with these differences:
 * - JOIN is valid in TRACKING as in START, in either mode and for any number of swarms. Table 6 ends a SEEDER's
 *   registration there; but then a repeated request, for which "the tracker MUST be prepared" (section 4.3), would
 *   unregister the peer, and a cache could never add a swarm.
 * - LEAVE ends the registration only with the last swarm, not with the first.
 * - Where some actions of a CONNECT are invalid and others are not, each has its result. If none is valid, or a LEAVE
 *   comes from a peer that is not registered, the request fails as a whole (section 2.3.2 A and table 6).
 * - An "invalid swarm ID" (section 2.3.2 C) is, for STAT_REPORT, a swarm that the peer is not in; for FIND, a swarm
 *   that nobody is in.
 *
 * Nothing authenticates peers yet: whoever knows a peer ID can speak for it, and register any address as its own.
 */
export class Tracker {
  private readonly registry: Registry;
  private readonly catalogue: Catalogue;

  constructor(
    private readonly options: TrackerOptions,
    private readonly random: Random,
  ) {
    this.registry = new Registry(options);
    this.catalogue = new Catalogue(options.admission ?? 'any', options.swarmsMax);
  }

  get state(): TrackerState {
    return this.counts.peers === 0 ? 'INIT' : 'STARTED';
  }

  /** Registered peers, swarms with peers in them, and peers summed over swarms. */
  get counts(): { readonly peers: number; readonly swarms: number; readonly memberships: number } {
    return this.registry.counts;
  }

  /** Answers a request. Never throws for what a request says. */
  handle(request: Request, context: RequestContext): Response {
    this.expire(context.now);
    switch (request.type) {
      case 'CONNECT':
        return this.connect(request, context);
      case 'FIND':
        return this.find(request, context);
      case 'STAT_REPORT':
        return this.report(request, context);
    }
  }

  /** Forgets the peers that were silent for too long, and tells how many they were. RFC 7846 section 2.3.2 D. */
  expire(now: number): number {
    return this.registry.expire(now);
  }

  /**
   * Where a member of a swarm proved to be: the best address that it registered whose IP its request comes from. Undefined
   * if it is not in the swarm, or has no such address.
   */
  residence(peerId: string, swarmId: string, from: RequestContext['from']): PeerAddress | undefined {
    const peer = this.registry.peer(peerId);
    if (peer?.memberships.has(swarmId) !== true) return undefined;
    const ip = normalIp(from.ip);
    return peer.addresses.find((address) => address.ip === ip);
  }

  /** Whether a peer of this ID is registered, and the requester may speak for it: for `Admission`. */
  knows(peerId: string, context: RequestContext): boolean {
    this.expire(context.now);
    return this.registry.peer(peerId) !== undefined;
  }

  /** Lets everyone into a swarm, or those alone that have a grant; members that have none are out. */
  publish(swarmId: string, access: SwarmAccess): void {
    this.catalogue.publish(swarmId, access);
  }

  /** Ends a swarm: its members are out, and it cannot be joined any more. Tells how many members were removed. */
  withdraw(swarmId: string): number {
    this.catalogue.withdraw(swarmId);
    return 0;
  }

  /** Lets a principal into a closed swarm, or with `everySwarm` into each. */
  grant(swarmId: string, principalName: string): void {
    this.catalogue.grant(swarmId, principalName);
  }

  /** Takes a grant back: the principal's peers are out of the swarms that it opened. */
  revoke(swarmId: string, principalName: string): void {
    this.catalogue.revoke(swarmId, principalName);
  }

  /** Addresses that peers claim and have not proven, each once, the longest waiting first. */
  takeUnproven(max: number): readonly UnprovenAddress[] {
    return [].slice(0, max);
  }

  /** Takes an address for proven to be that peer's, which is listed with it from now on. */
  prove(peerId: string, address: UnprovenAddress['address'], now: number): void {
    if (this.knows(peerId, { now, from: address })) this.registry.peer(peerId);
  }

  /** The swarms that somebody is in. */
  swarmsView(cursor = 0, limit = 100): Page<SwarmView> {
    return { items: [], next: limit < cursor ? undefined : undefined };
  }

  /** One swarm; undefined if nobody is in it. */
  swarmView(swarmId: string): SwarmView | undefined {
    return this.registry.swarm(swarmId) && undefined;
  }

  /** The members of a swarm. */
  peersView(swarmId: string, cursor = 0, limit = 100): Page<MemberView> {
    return { items: [], next: this.registry.swarm(swarmId) && limit < cursor ? undefined : undefined };
  }

  peerView(peerId: string): PeerView | undefined {
    return this.registry.peer(peerId) && undefined;
  }

  /** Ends a peer's registration. False if there is none. */
  terminate(peerId: string): boolean {
    const peer = this.registry.peer(peerId);
    if (peer !== undefined) this.registry.terminate(peer);
    return peer !== undefined;
  }

  private connect(request: ConnectRequest, { now, from }: RequestContext): Response {
    const known = this.registry.peer(request.peerId);
    if (known === undefined && request.actions.some(({ action }) => action === 'LEAVE')) return forbidden(request);
    if (known === undefined && this.registry.full) return unavailable(request);
    const peer = known ?? new PeerRegistration(request.peerId, now);
    const done = request.actions.map((action) => ({ action, outcome: this.registry.act(peer, action) }));
    if (!done.some(({ outcome }) => outcome === 'done')) {
      return done.some(({ outcome }) => outcome === 'full') ? unavailable(request) : forbidden(request);
    }
    this.settle(peer, request.addresses, now);
    const lists = new PeerLists(this.registry, { peer, from: from.ip }, this.random);
    const results = done.map(({ action, outcome }) => connectResult(action, outcome, lists, request.peerNumber));
    return { ...success(request, results), peerAddress: reflexive(request.addresses, from) };
  }

  private find(request: FindRequest, { now, from }: RequestContext): Response {
    const { swarmId, peerNumber } = request;
    const peer = this.registry.peer(request.peerId);
    if (peer === undefined || this.registry.swarm(swarmId) === undefined) return forbidden(request);
    this.registry.track(peer, now);
    const peers = new PeerLists(this.registry, { peer, from: from.ip }, this.random).list(swarmId, peerNumber);
    const results = [{ swarmId, successful: true, peers }];
    return { ...success(request, results), peerAddress: reflexive(peer.addresses, from) };
  }

  private report(request: StatReportRequest, { now }: RequestContext): Response {
    const peer = this.registry.peer(request.peerId);
    if (peer === undefined) return forbidden(request);
    const results = request.stats.map((stats) => ({
      swarmId: stats.swarmId,
      successful: this.registry.report(peer, stats),
    }));
    // Without statistics it is a "keep-alive" (section 4.1.3).
    if (results.length > 0 && !results.some(({ successful }) => successful)) return forbidden(request);
    this.registry.track(peer, now);
    return success(request, results);
  }

  /** After its actions: takes the addresses that the peer can be reached at, and goes to TRACKING or to TERMINATE. */
  private settle(peer: PeerRegistration, addresses: readonly PeerAddress[], now: number): void {
    const usable = addresses.filter(({ ip }) => peerIpUsable(ip, this.options.allowLoopback));
    if (usable.length > 0) this.registry.reside(peer, usable);
    if (peer.memberships.size > 0) this.registry.track(peer, now);
    else this.registry.terminate(peer);
  }
}

/** The peer lists of one response, which have one bound together. */
class PeerLists {
  private room = limits.peersPerResponseMax;

  constructor(
    private readonly registry: Registry,
    private readonly requester: Requester,
    private readonly random: Random,
  ) {}

  /** "If no peer_num attributes are present [...] the tracker may return a random sample" (section 4.1.2). */
  list(swarmId: string, peerNumber: PeerNumber | undefined): readonly PeerInfo[] {
    const count = Math.min(peerNumber?.peerCount ?? limits.peerCountMax, limits.peerCountMax, this.room);
    const peers = this.registry.swarm(swarmId)?.select(this.requester, count, this.random) ?? [];
    this.room -= peers.length;
    return peers;
  }
}

/** A LEECH that joins gets peers; a SEEDER does if it asks for them with peer_num. RFC 7846 section 4.1.1. */
function connectResult(
  { swarmId, action, mode }: SwarmAction,
  outcome: ActionOutcome,
  lists: PeerLists,
  peerNumber: PeerNumber | undefined,
): SwarmResult {
  const successful = outcome === 'done';
  const asks = action === 'JOIN' && (mode === 'LEECH' || peerNumber !== undefined);
  return successful && asks ? { swarmId, successful, peers: lists.list(swarmId, peerNumber) } : { swarmId, successful };
}

/**
 * The peer's address as we see it, unless it has asked a STUN or TURN server itself (section 4.1.1). The port is that
 * of its HTTP connection, so that we tell it, but never list it.
 */
function reflexive(addresses: readonly PeerAddress[], from: RequestContext['from']): PeerAddress | undefined {
  const ip = normalIp(from.ip);
  if (ip === undefined || addresses.some(({ type }) => type !== 'HOST')) return undefined;
  return { ip, port: from.port, priority: 1, type: 'REFLEXIVE' };
}

function success({ transactionId }: Request, results: readonly SwarmResult[]): Response {
  return { transactionId, errorCode: errorCodes.noError, results };
}

/** 06 would ask for credentials, which we know nothing of yet; section 2.3.2 B leaves the choice. */
function forbidden({ transactionId }: Request): Response {
  return errorResponse(transactionId, errorCodes.forbiddenAction);
}

function unavailable({ transactionId }: Request): Response {
  return errorResponse(transactionId, errorCodes.serviceUnavailable);
}
