import type { SuperNode } from './options';
import type { Membership, MemberKind } from './peer-registration';
import { Roster } from './roster';
import type { Source } from './sources';
import { Showcase } from './showcase';

/** Up to so many listed members are looked at one by one; more have a showcase. */
export const smallSwarmMax = 64;

/** The members of one swarm, each in one roster of its kind. */
export class SwarmMembers {
  readonly seeders = new Roster<Membership>();
  readonly leeches = new Roster<Membership>();
  readonly superNodes = new Map<SuperNode, Roster<Membership>>();
  private readonly unlisted = new Roster<Membership>();
  private readonly counts = { SEEDER: 0, LEECH: 0 };
  private shown: Showcase | undefined = undefined;

  constructor(
    readonly swarmId: string,
    /** Where its first peer came from; undefined if it was published. */
    readonly founder?: Source,
  ) {}

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

  /** What answers are chosen from; undefined in a small swarm. */
  get showcase(): Showcase | undefined {
    return this.shown;
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
    for (const roster of [...this.superNodes.values(), this.seeders, this.leeches, this.unlisted]) {
      if (place < roster.size) return roster.at(place);
      place -= roster.size;
    }
    return undefined;
  }

  add(member: Membership): void {
    this.counts[member.mode]++;
    member.kind = kindOf(member);
    this.rosterOf(member, member.kind).add(member);
    if (!member.isOrdinary) return;
    this.shown?.neighbourhoods.add(member);
    if (this.shown === undefined && this.peers > smallSwarmMax) this.shown = this.show();
  }

  delete(member: Membership): void {
    this.counts[member.mode]--;
    this.rosterOf(member, member.kind).delete(member);
    if (member.isOrdinary) this.shown?.neighbourhoods.delete(member);
    member.kind = 'none';
    // Not at the bound itself: a peer that comes and goes there must not cost a new one each time.
    if (this.peers < smallSwarmMax / 2) this.shown = undefined;
  }

  private rosterOf({ peer }: Membership, kind: MemberKind): Roster<Membership> {
    if (kind === 'seeder') return this.seeders;
    if (kind === 'leech') return this.leeches;
    return kind === 'super' && peer.superNode !== undefined ? this.superNodeRoster(peer.superNode) : this.unlisted;
  }

  private superNodeRoster(node: SuperNode): Roster<Membership> {
    const roster = this.superNodes.get(node) ?? new Roster<Membership>();
    this.superNodes.set(node, roster);
    return roster;
  }

  private show(): Showcase {
    const showcase = new Showcase(this);
    for (let at = 0; at < this.peers; at++) {
      const member = this.peer(at);
      if (member !== undefined) showcase.neighbourhoods.add(member);
    }
    return showcase;
  }
}

function kindOf({ peer, mode }: Membership): MemberKind {
  if (peer.listed.length === 0) return 'unlisted';
  if (peer.superNode !== undefined) return 'super';
  return mode === 'SEEDER' ? 'seeder' : 'leech';
}
