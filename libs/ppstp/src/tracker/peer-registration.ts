import type { PeerMode } from '../message/request';
import type { SuperNode } from './options';
import type { PeerState } from './peer-machine';
import type { RegisteredAddress } from './registered-address';
import type { Placed } from './roster';
import type { Source } from './sources';
import type { Tracked } from './track-timers';
import type { MemberStats } from './views';

/** A peer ID bound to addresses, and to whoever may speak for it. RFC 7846 section 2.3. */
export class PeerRegistration implements Tracked<PeerRegistration> {
  state: PeerState = 'START';
  readonly memberships = new Memberships();
  /** The peer's best first. */
  addresses: readonly RegisteredAddress[] = [];
  /** Those that others may hear of: the proven ones. */
  listed: readonly RegisteredAddress[] = [];
  /** AS number of the best of those. */
  asn: string | undefined = undefined;
  superNode: SuperNode | undefined = undefined;
  /** Name of the principal that it belongs to. */
  principal: string | undefined = undefined;
  lastHeard: number;
  /** Until when it may not change its addresses. Microseconds. */
  staysUntil = 0;
  earlier: PeerRegistration | undefined = undefined;
  later: PeerRegistration | undefined = undefined;

  constructor(
    readonly peerId: string,
    /** Where it registered from, as `normalIp` writes it. */
    readonly ip: string,
    readonly source: Source,
    readonly registeredAt: number,
  ) {
    this.lastHeard = registeredAt;
  }
}

/** In which of a swarm's rosters a member is; `none` when it has left. */
export type MemberKind = 'seeder' | 'leech' | 'super' | 'unlisted' | 'none';

/** A peer in a swarm. */
export class Membership implements Placed {
  kind: MemberKind = 'none';
  place = 0;
  /** Among the members from its source prefix. */
  placeNear = 0;
  /** What the peer last reported of this swarm. RFC 7846 section 4.1.3. */
  stats: MemberStats | undefined = undefined;

  constructor(
    readonly peer: PeerRegistration,
    readonly swarmId: string,
    public mode: PeerMode,
  ) {}

  /** Whether it is listed, and no super node. */
  get isOrdinary(): boolean {
    return this.kind === 'seeder' || this.kind === 'leech';
  }
}

/** The swarms of one peer. Most peers are in one: that takes no map. */
export class Memberships {
  private only: Membership | undefined = undefined;
  private many: Map<string, Membership> | undefined = undefined;

  get size(): number {
    return this.many?.size ?? (this.only === undefined ? 0 : 1);
  }

  of(swarmId: string): Membership | undefined {
    if (this.many !== undefined) return this.many.get(swarmId);
    return this.only?.swarmId === swarmId ? this.only : undefined;
  }

  add(membership: Membership): void {
    const { only } = this;
    if (only === undefined && this.many === undefined) {
      this.only = membership;
      return;
    }
    this.many ??= new Map(only === undefined ? [] : [[only.swarmId, only]]);
    this.many.set(membership.swarmId, membership);
    this.only = undefined;
  }

  delete(swarmId: string): void {
    this.many?.delete(swarmId);
    if (this.only?.swarmId === swarmId) this.only = undefined;
  }

  /** As they are now, whatever is added or deleted meanwhile. */
  all(): readonly Membership[] {
    if (this.many !== undefined) return [...this.many.values()];
    return this.only === undefined ? [] : [this.only];
  }
}
