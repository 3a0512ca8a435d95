import { Inject, Injectable } from '@nestjs/common';
import type { MemberView, PeerView, SwarmView, Tracker } from '@weir/ppstp';
import { timeOf } from '@weir/rest';
import type { Catalogue } from '../catalogue/catalogue';
import type { Publication } from '../catalogue/record';
import { TrackerAdminError } from './errors';
import { cursorOf, nextOf, type PageQuery } from './page-query';
import type {
  GrantsView,
  MembersView,
  RegisteredPeerView,
  TrackedSwarmsView,
  TrackedSwarmView,
  TrackerStatusView,
  WithdrawalView,
} from './views';

/** What the admin side shows and changes. */
export interface AdminParts {
  readonly tracker: Tracker;
  readonly catalogue: Catalogue;
  /** Whether the catalogue outlives the process. */
  readonly kept: boolean;
  readonly version: string;
  /** Where peers post their requests. */
  readonly url: string;
  /** Microseconds of the tracker's clock. */
  readonly now: () => number;
}

/** Injection token of `AdminParts`. */
export const adminParts = Symbol('admin parts');

/** The tracker and its catalogue, as one picture for the operator. */
@Injectable()
export class TrackerAdminService {
  constructor(@Inject(adminParts) private readonly parts: AdminParts) {}

  status(): TrackerStatusView {
    const { tracker, catalogue, kept, version, url } = this.parts;
    const uptimeSeconds = Math.floor(process.uptime());
    return {
      ...{ version, uptimeSeconds, url, state: tracker.state },
      ...tracker.counts,
      catalogue: { kept, ...catalogue.counts },
    };
  }

  /** First the catalogue, in its order; then what else peers are in, in the tracker's. */
  swarms({ limit, after }: PageQuery): TrackedSwarmsView {
    const { tracker, catalogue } = this.parts;
    const cursor = cursorOf(after);
    if ('place' in cursor) return this.unpublished(cursor.place, limit);
    const { items, next } = catalogue.page(cursor.name, limit);
    const swarms = items.map((swarmId) => this.viewOf(swarmId, tracker.swarmView(swarmId)));
    if (next !== undefined) return { swarms, next: nextOf({ name: next }) };
    if (swarms.length === limit) return { swarms, next: tracker.counts.swarms === 0 ? null : nextOf({ place: 0 }) };
    const rest = this.unpublished(0, limit - swarms.length);
    return { swarms: [...swarms, ...rest.swarms], next: rest.next };
  }

  /** Throws `SWARM_UNKNOWN`. */
  swarm(swarmId: string): TrackedSwarmView {
    const { tracker, catalogue } = this.parts;
    const seen = tracker.swarmView(swarmId);
    if (seen === undefined && catalogue.find(swarmId) === undefined)
      throw new TrackerAdminError('SWARM_UNKNOWN', `nobody published swarm ${swarmId}, and no peer is in it`);
    return this.viewOf(swarmId, seen);
  }

  /** Answers whether it was not published before. Rejects with a `CatalogueError`. */
  publish(swarmId: string, publication: Publication): Promise<boolean> {
    return this.parts.catalogue.publish(swarmId, publication);
  }

  async withdraw(swarmId: string): Promise<WithdrawalView> {
    return { swarmId, removedPeers: await this.parts.catalogue.withdraw(swarmId) };
  }

  /** Throws `SWARM_UNKNOWN`. */
  members(swarmId: string, { limit, after }: PageQuery): MembersView {
    const cursor = cursorOf(after);
    this.swarm(swarmId);
    const { items, next } = this.parts.tracker.peersView(swarmId, 'place' in cursor ? cursor.place : 0, limit);
    const peers = items.map((member) => this.memberOf(member));
    return { peers, next: nextOf(next === undefined ? undefined : { place: next }) };
  }

  /** Throws `PEER_UNKNOWN`. */
  peer(peerId: string): RegisteredPeerView {
    const peer = this.parts.tracker.peerView(peerId);
    if (peer === undefined) throw unknownPeer(peerId);
    return this.peerOf(peer);
  }

  /** Throws `PEER_UNKNOWN`. */
  dismiss(peerId: string): void {
    if (!this.parts.tracker.terminate(peerId)) throw unknownPeer(peerId);
  }

  grants(swarmId: string, { limit, after }: PageQuery): GrantsView {
    const { catalogue } = this.parts;
    catalogue.requirePublished(swarmId);
    const cursor = cursorOf(after);
    const { items, next } = catalogue.principals(swarmId, 'name' in cursor ? cursor.name : '', limit);
    const grants = items.map((principal) => ({ swarmId, principal }));
    return { grants, next: nextOf(next === undefined ? undefined : { name: next }) };
  }

  /** Throws `GRANT_UNKNOWN` if the principal has none of its own for this swarm. */
  requireGrant(swarmId: string, principal: string): void {
    if (!this.parts.catalogue.isGranted(swarmId, principal)) throw unknownGrant(swarmId, principal);
  }

  /** Answers whether the principal was not let in before. Rejects with a `CatalogueError`. */
  grant(swarmId: string, principal: string): Promise<boolean> {
    return this.parts.catalogue.grant(swarmId, principal);
  }

  /** Rejects with `GRANT_UNKNOWN`, or a `CatalogueError`. */
  async revoke(swarmId: string, principal: string): Promise<void> {
    if (!(await this.parts.catalogue.revoke(swarmId, principal))) throw unknownGrant(swarmId, principal);
  }

  private unpublished(place: number, limit: number): TrackedSwarmsView {
    const { tracker, catalogue } = this.parts;
    const { items, next } = tracker.swarmsView(place, limit);
    const others = items.filter(({ swarmId }) => catalogue.find(swarmId) === undefined);
    const swarms = others.map((swarm) => this.viewOf(swarm.swarmId, swarm));
    return { swarms, next: nextOf(next === undefined ? undefined : { place: next }) };
  }

  private viewOf(swarmId: string, seen: SwarmView | undefined): TrackedSwarmView {
    const entry = this.parts.catalogue.find(swarmId);
    const { access = null, title = null, metadata = null, changedAt } = entry ?? {};
    const { seeders = 0, leeches = 0 } = seen ?? {};
    return { swarmId, access, title, metadata, changedAt: timeOf(changedAt), seeders, leeches };
  }

  private memberOf(member: MemberView): MembersView['peers'][number] {
    const { mode, stats } = member;
    return { ...this.peerOf(member), mode, stats: stats ?? null };
  }

  private peerOf({ peerId, principal, superNode, addresses, swarms, ...at }: PeerView): RegisteredPeerView {
    return {
      ...{ peerId, principal: principal ?? null, superNode, swarms },
      addresses: addresses.map(({ ip, port, type, priority, proven }) => ({ ip, port, type, priority, proven })),
      registeredAt: this.timeOf(at.registeredAt),
      lastHeard: this.timeOf(at.lastHeard),
    };
  }

  /** The time of day, of a time of the tracker's clock. */
  private timeOf(micros: number): string | null {
    return timeOf(Math.round(Date.now() - (this.parts.now() - micros) / 1_000));
  }
}

function unknownPeer(peerId: string): TrackerAdminError {
  return new TrackerAdminError('PEER_UNKNOWN', `no peer ${peerId} is registered`);
}

function unknownGrant(swarmId: string, principal: string): TrackerAdminError {
  return new TrackerAdminError('GRANT_UNKNOWN', `${principal} has no grant for ${swarmId}`);
}
