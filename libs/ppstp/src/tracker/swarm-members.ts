import type { Membership } from './peer-registration';
import { Neighbourhoods } from './neighbourhoods';
import type { SuperNode } from './options';
import { Roster } from './roster';

/** Up to so many listed members are looked at one by one: their networks need no table. */
export const smallSwarmMax = 64;

/** The members of one swarm, each in one roster of its kind. */
export class SwarmMembers {
  readonly seeders = new Roster<Membership>('place');
  readonly leeches = new Roster<Membership>('place');
  readonly superNodes = new Map<SuperNode, Roster<Membership>>();
  /** Those without a proven address. */
  private readonly unlisted = new Roster<Membership>('place');
  private near: Neighbourhoods | undefined = undefined;
  private readonly counts = { SEEDER: 0, LEECH: 0 };

  constructor(readonly swarmId: string) {}

  get size(): number {
    return this.counts.SEEDER + this.counts.LEECH;
  }

  /** How many are SEEDERs and LEECHes, listed or not. */
  get modes(): Readonly<Record<Membership['mode'], number>> {
    return this.counts;
  }

  /** Listed members that are no super nodes. */
  get peers(): number {
    return this.seeders.size + this.leeches.size;
  }

  /** By networks; undefined in a small swarm. */
  get neighbourhoods(): Neighbourhoods | undefined {
    return this.near;
  }

  peer(at: number): Membership | undefined {
    return at < this.seeders.size ? this.seeders.at(at) : this.leeches.at(at - this.seeders.size);
  }

  /** All of them, as they are now. */
  all(): readonly Membership[] {
    return Array.from({ length: this.size }, (_, at) => this.member(at)).filter((member) => member !== undefined);
  }

  /** Any member, each at its place for as long as none comes or goes. */
  member(at: number): Membership | undefined {
    let place = at;
    for (const roster of this.rosters()) {
      if (place < roster.size) return roster.at(place);
      place -= roster.size;
    }
    return undefined;
  }

  add(member: Membership): void {
    this.counts[member.mode]++;
    this.rosterOf(member).add(member);
    if (!isOrdinary(member)) return;
    this.near?.add(member);
    if (this.near === undefined && this.peers > smallSwarmMax) this.near = this.survey();
  }

  delete(member: Membership): void {
    this.counts[member.mode]--;
    this.rosterOf(member).delete(member);
    if (!isOrdinary(member)) return;
    this.near?.delete(member);
    // Not at the bound itself: a peer that comes and goes there must not cost a survey each time.
    if (this.peers < smallSwarmMax / 2) this.near = undefined;
  }

  private rosterOf({ peer, mode }: Membership): Roster<Membership> {
    if (!peer.isListed) return this.unlisted;
    if (peer.superNode !== undefined) return this.superNodeRoster(peer.superNode);
    return mode === 'SEEDER' ? this.seeders : this.leeches;
  }

  private superNodeRoster(node: SuperNode): Roster<Membership> {
    const roster = this.superNodes.get(node) ?? new Roster<Membership>('place');
    this.superNodes.set(node, roster);
    return roster;
  }

  private rosters(): readonly Roster<Membership>[] {
    return [...this.superNodes.values(), this.seeders, this.leeches, this.unlisted];
  }

  private survey(): Neighbourhoods {
    const near = new Neighbourhoods();
    for (let at = 0; at < this.peers; at++) {
      const member = this.peer(at);
      if (member !== undefined) near.add(member);
    }
    return near;
  }
}

function isOrdinary({ peer }: Membership): boolean {
  return peer.isListed && peer.superNode === undefined;
}
