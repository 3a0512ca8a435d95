import type { Membership } from './peer-registration';
import { limits } from '../limits';
import type { PeerInfo } from '../message/peer-info';
import { PeerList } from './peer-list';
import { type Random, shuffled } from './sample';
import { score } from './score';
import { ipsOf, type Seeker } from './seeker';
import type { SuperNode } from './options';
import type { SuperNodes } from './super-nodes';
import type { SwarmMembers } from './swarm-members';

/** One place of so many is drawn at random from the whole swarm, so that nobody decides alone whom others meet. */
const randomShare = 4;

/** Members beyond those that a list needs: some may be the requester's own earlier registrations. */
const spares = 4;

/** Members of a large swarm from the requester's own prefix that are looked at. */
const nearLooks = 2;

/**
 * Which peers of a swarm to name to whom (RFC 7846 sections 4.1.1 and 4.1.2). Its cost depends on the length of the list and
 * not on the swarm's size.
 *
 * First come the super nodes that serve the requester, so that its chunks come from near; they leave one place in four to
 * others, if there are any. Then those that suit it best (`score`) of a random sample, and among them, each fourth, one
 * drawn at random from the whole swarm. Of these at most half, rounded up, come from one source prefix while others are there. Super
 * nodes of other subscribers come last, if at all.
 */
export class Selection {
  constructor(
    private readonly superNodes: SuperNodes,
    private readonly random: Random,
  ) {}

  /** At most `count` entries. */
  select(swarm: SwarmMembers | undefined, seeker: Seeker, count: number): readonly PeerInfo[] {
    if (count <= 0) return [];
    const list = new PeerList(count, seeker.peer.addresses);
    const serving = this.superNodes.serving(ipsOf(seeker));
    const reserved = swarm === undefined || swarm.peers === 0 ? 0 : Math.floor(count / randomShare);
    for (const node of serving)
      for (const addresses of this.addressesOf(node, swarm, seeker)) {
        if (list.room <= reserved) break;
        list.add(addresses, reserved);
      }
    if (swarm !== undefined) {
      this.addPeers(list, swarm, seeker);
      this.addFar(list, swarm, serving);
    }
    return list.entries();
  }

  /** Where a super node can be found for a swarm: as a member, or without being one. */
  private *addressesOf(node: SuperNode, swarm: SwarmMembers | undefined, { from }: Seeker) {
    const members = swarm?.superNodes.get(node)?.sample(limits.peerCountMax, this.random) ?? [];
    for (const { peer } of members) yield this.superNodes.preferred(peer);
    if (node.everySwarm !== true) return;
    for (const peer of this.superNodes.peers(node)) yield this.superNodes.preferred(peer);
    const configured = this.superNodes.configured(node);
    if (configured !== undefined && configured.address.ip !== from) yield [configured];
  }

  private addPeers(list: PeerList, swarm: SwarmMembers, seeker: Seeker): void {
    const { room } = list;
    const most = Math.ceil(room / 2);
    const candidates = this.candidates(swarm, seeker);
    let random = Math.floor(room / randomShare + this.random());
    for (const { isOrdinary, peer } of swarm.showcase?.random(this.random) ?? candidates) {
      if (random === 0) break;
      if (isOrdinary && list.addFrom(peer, { most, kind: 'random' })) random--;
    }
    addBest(list, candidates, { seeker, most });
    if (list.room === 0) return;
    // Few are there, or few beside those from one prefix: all of them have to be found.
    const rest = swarm.showcase?.neighbourhoods.spread(2 * room + spares, this.random) ?? [];
    addBest(list, rest, { seeker, most });
    addBest(list, [...candidates, ...rest], { seeker, most: room });
  }

  /** In random order, so that of equals any comes first. */
  private candidates(swarm: SwarmMembers, { peer, mode }: Seeker): readonly Membership[] {
    const { showcase } = swarm;
    if (showcase === undefined) return this.everyone(swarm);
    const lacked = mode === 'LEECH' ? 'SEEDER' : 'LEECH';
    const near = showcase.neighbourhoods.around(peer.source.prefix, nearLooks, this.random);
    return shuffled(showcase.candidates(lacked, this.random).concat(near), this.random);
  }

  private everyone(swarm: SwarmMembers): readonly Membership[] {
    const members: Membership[] = [];
    for (let at = 0; at < swarm.peers; at++) {
      const member = swarm.peer(at);
      if (member !== undefined) members.push(member);
    }
    return shuffled(members, this.random);
  }

  private addFar(list: PeerList, swarm: SwarmMembers, serving: ReadonlySet<SuperNode>): void {
    for (const [node, members] of swarm.superNodes) {
      if (list.room === 0) return;
      if (serving.has(node) || node.onlySubscribers === true) continue;
      for (const { peer } of members.sample(list.room, this.random)) list.addLast(peer.listed);
    }
  }
}

/** Lists candidates, those that suit best first; so many of one prefix at most. */
function addBest(list: PeerList, candidates: readonly Membership[], { seeker, most }: Choice): void {
  const scores = candidates.map((member) => (member.isOrdinary ? score(member, seeker) : -1));
  for (let level = Math.max(...scores); level >= 0; level--)
    for (let at = scores.indexOf(level); at >= 0; at = scores.indexOf(level, at + 1)) {
      if (list.room === 0) return;
      const peer = candidates[at]?.peer;
      if (peer !== undefined) list.addFrom(peer, { most, kind: 'best' });
    }
}

/** Who chooses, and how much of one prefix. */
interface Choice {
  readonly seeker: Seeker;
  readonly most: number;
}
