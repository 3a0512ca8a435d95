import type { FindRequest, Request, StatReportRequest } from '../message/request';
import type { Response } from '../message/response';
import { type Failure, failed, reflexive, succeeded } from './answers';
import type { RequestContext } from './context';
import type { TrackerParts } from './parts';
import type { PeerRegistration } from './peer-registration';
import { voiceOf } from './speaker';

/** Answers FIND. RFC 7846 section 4.1.2. */
export function answerFind(parts: TrackerParts, request: FindRequest, context: RequestContext): Response {
  const peer = speaking(parts, request, context);
  if (typeof peer === 'string') return failed(request, peer);
  const { swarmId, peerNumber: wish } = request;
  const failure = failureOf(parts, swarmId, context);
  parts.registry.advance(peer, failure === undefined ? 'done' : 'error', context.now);
  if (failure !== undefined) return failed(request, failure);
  const mode = peer.memberships.of(swarmId)?.mode ?? 'LEECH';
  const seeker = parts.seeker(peer, context, { mode, wish });
  const peers = parts.lists().list(parts.registry.swarm(swarmId), seeker);
  const types = peer.addresses.map(({ address }) => address.type);
  const results = [{ swarmId, successful: true, peers }];
  return { ...succeeded(request, results), peerAddress: reflexive(types, context.from) };
}

/** Answers STAT_REPORT; without statistics it is a "keep-alive". RFC 7846 section 4.1.3. */
export function answerReport(parts: TrackerParts, request: StatReportRequest, context: RequestContext): Response {
  const peer = speaking(parts, request, context);
  if (typeof peer === 'string') return failed(request, peer);
  const { registry } = parts;
  const results = request.stats.map((stats) => ({
    swarmId: stats.swarmId,
    successful: registry.report(peer, stats),
  }));
  const isValid = results.length === 0 || results.some(({ successful }) => successful);
  registry.advance(peer, isValid ? 'done' : 'error', context.now);
  return isValid ? succeeded(request, results) : failed(request, 'forbidden');
}

/** The peer, if it is registered (section 2.3.2 B) and the requester may speak for it. */
function speaking(parts: TrackerParts, { peerId }: Request, context: RequestContext): PeerRegistration | Failure {
  const peer = parts.registry.peer(peerId);
  if (peer === undefined) return 'forbidden';
  const voice = voiceOf(peer, context);
  if (voice !== 'own') return voice === 'foreign' ? 'forbidden' : voice;
  parts.proveFrom(peer, context.from.ip);
  return peer;
}

/** A swarm that is neither published nor has members is an "invalid swarm ID" (section 2.3.2 C). */
function failureOf(parts: TrackerParts, swarmId: string, { principal }: RequestContext): Failure | undefined {
  const permission = parts.catalogue.permission(swarmId, principal?.name);
  if (permission === 'unauthenticated') return permission;
  const isThere = parts.registry.swarm(swarmId) !== undefined || parts.catalogue.access(swarmId) !== undefined;
  return permission === 'granted' && isThere ? undefined : 'forbidden';
}
