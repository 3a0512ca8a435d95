import type { ConnectRequest, SwarmAction } from '../message/request';
import type { Response, SwarmResult } from '../message/response';
import { type Failure, failed, reflexive, succeeded } from './answers';
import type { RequestContext } from './context';
import type { TrackerParts } from './parts';
import { judge } from './peer-machine';
import { PeerRegistration } from './peer-registration';
import type { ActionOutcome } from './registry';
import { voiceOf } from './speaker';

/** Answers CONNECT. RFC 7846 section 4.1.1. */
export class Connect {
  constructor(private readonly parts: TrackerParts) {}

  answer(request: ConnectRequest, context: RequestContext): Response {
    const { registry } = this.parts;
    const known = registry.peer(request.peerId);
    const peer = known ?? this.newcomer(request.peerId, context);
    const failure = this.refusal(peer, request, context);
    if (failure !== undefined) return failed(request, failure);
    if (known === undefined) registry.advance(peer, 'connect', context.now);
    const outcomes = this.act(peer, request, context);
    if (typeof outcomes === 'string') return failed(request, outcomes);
    this.settle(peer, request, context);
    const results = this.results(peer, request, { context, outcomes });
    const types = request.addresses.map(({ type }) => type);
    return { ...succeeded(request, results), peerAddress: reflexive(types, context.from) };
  }

  private newcomer(peerId: string, { from, now }: RequestContext): PeerRegistration {
    return new PeerRegistration(peerId, from.ip, this.parts.registry.sources.of(from.ip), now);
  }

  /** Why the request fails before its actions are looked at: then it changes nothing. */
  private refusal(peer: PeerRegistration, { actions }: ConnectRequest, context: RequestContext): Failure | undefined {
    const { registry, catalogue } = this.parts;
    if (peer.state === 'START') {
      if (!registry.hasRoomFor(peer)) return 'unavailable';
    } else {
      const voice = voiceOf(peer, context);
      if (voice !== 'own') return voice === 'foreign' ? 'forbidden' : voice;
    }
    const permissions = actions.map(({ action, swarmId }) =>
      action === 'LEAVE' ? 'granted' : catalogue.permission(swarmId, context.principal?.name),
    );
    return permissions.includes('unauthenticated') ? 'unauthenticated' : undefined;
  }

  /** Does what is valid. If nothing is, the request fails as a whole: section 2.3.2 A and C. */
  private act(
    peer: PeerRegistration,
    { actions }: ConnectRequest,
    { principal, now }: RequestContext,
  ): readonly ActionOutcome[] | Failure {
    const { registry } = this.parts;
    const state = peer.state === 'TRACKING' ? peer.state : 'PEER_REGISTERED';
    const isIn = (swarmId: string): boolean => peer.memberships.of(swarmId) !== undefined;
    const { valid, otherwise } = judge(state, actions, isIn);
    const outcomes = actions.map((action, at) =>
      valid[at] === true ? this.perform(peer, action, principal?.name) : 'forbidden',
    );
    if (outcomes.includes('done')) return outcomes;
    registry.advance(peer, otherwise, now);
    return outcomes.includes('full') ? 'unavailable' : 'forbidden';
  }

  private perform(peer: PeerRegistration, action: SwarmAction, principal: string | undefined): ActionOutcome {
    const { registry, catalogue } = this.parts;
    const { swarmId } = action;
    if (action.action === 'LEAVE') return registry.leave(peer, swarmId);
    if (catalogue.permission(swarmId, principal) !== 'granted') return 'forbidden';
    return registry.join(peer, action, catalogue.access(swarmId) !== undefined);
  }

  /** After its actions: takes the addresses that the peer can be reached at, and goes to TRACKING or to TERMINATE. */
  private settle(peer: PeerRegistration, { addresses }: ConnectRequest, context: RequestContext): void {
    const { registry, abode, unproven } = this.parts;
    const before = peer.addresses;
    peer.principal ??= context.principal?.name;
    registry.reside(peer, abode.addressesOf(peer, addresses, context.from.ip), context.now);
    this.parts.proveFrom(peer, context.from.ip);
    unproven.note(peer, before);
    registry.advance(peer, peer.memberships.size > 0 ? 'done' : 'left', context.now);
  }

  private results(
    peer: PeerRegistration,
    { actions, peerNumber: wish }: ConnectRequest,
    { context, outcomes }: { readonly context: RequestContext; readonly outcomes: readonly ActionOutcome[] },
  ): readonly SwarmResult[] {
    const lists = this.parts.lists();
    return actions.map((action, at) => {
      const { swarmId, mode } = action;
      if (outcomes[at] !== 'done') return { swarmId, successful: false };
      if (!asksForPeers(action, wish !== undefined)) return { swarmId, successful: true };
      const seeker = this.parts.seeker(peer, context, { mode, wish });
      return { swarmId, successful: true, peers: lists.list(this.parts.registry.swarm(swarmId), seeker) };
    });
  }
}

/** A LEECH that joins gets peers; a SEEDER does if it asks for them with peer_num. RFC 7846 section 4.1.1. */
function asksForPeers({ action, mode }: SwarmAction, hasPeerNumber: boolean): boolean {
  return action === 'JOIN' && (mode === 'LEECH' || hasPeerNumber);
}
