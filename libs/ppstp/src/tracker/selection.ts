import type { Membership } from './peer-registration';
import type { PeerInfo } from '../message/peer-info';
import { PeerList } from './peer-list';
import { listPriority } from './registered-address';
import { type Random, sampleIndexes, shuffled } from './sample';
import { score } from './score';
import { ipsOf, type Seeker } from './seeker';
import type { SuperNode } from './options';
import type { SuperNodes } from './super-nodes';
import { smallSwarmMax, type SwarmMembers } from './swarm-members';

/** One place of so many is drawn at random from the whole swarm, so that nobody decides alone whom others meet. */
const randomShare = 4;

/** Random members beyond those that a list needs: some may be the requester's own earlier registrations. */
const spares = 4;

/** Members of a large swarm from the requester's own prefix that are looked at. */
const nearLooks = 4;

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
        list.add(addresses.map(preferred), reserved);
      }
    if (swarm !== undefined) {
      this.addPeers(list, swarm, seeker);
      this.addFar(list, swarm, serving);
    }
    return list.entries();
  }

  /** Where a super node can be found for a swarm: as a member, or without being one. */
  private *addressesOf(node: SuperNode, swarm: SwarmMembers | undefined, { from }: Seeker) {
    const members = swarm?.superNodes.get(node);
    for (const { peer } of members?.sample(members.size, this.random) ?? []) yield peer.listed;
    if (node.everySwarm !== true) return;
    for (const peer of this.superNodes.peers(node)) yield peer.listed;
    if (node.address !== undefined && node.address.ip !== from) yield [configured(node.address)];
  }

  private addPeers(list: PeerList, swarm: SwarmMembers, seeker: Seeker): void {
    const { room } = list;
    const most = Math.ceil(room / 2);
    let random = Math.floor(room / randomShare + this.random());
    for (const { isOrdinary, peer } of this.anyone(swarm, random))
      if (random > 0 && isOrdinary && list.addFrom(peer, { most, kind: 'random' })) random--;
    const candidates = this.candidates(swarm, seeker);
    addBest(list, candidates, { seeker, most });
    if (list.room === 0) return;
    // Few are there, or few beside those from one prefix: all of them have to be found.
    const rest = swarm.showcase?.neighbourhoods.spread(2 * room + spares, this.random) ?? [];
    addBest(list, rest, { seeker, most });
    addBest(list, [...candidates, ...rest], { seeker, most: room });
  }

  private anyone(swarm: SwarmMembers, count: number): readonly Membership[] {
    return swarm.showcase?.random(this.random) ?? this.uniform(swarm, count + spares);
  }

  /** In random order, so that of equals any comes first. */
  private candidates(swarm: SwarmMembers, { peer, mode }: Seeker): readonly Membership[] {
    const { showcase } = swarm;
    if (showcase === undefined) return this.uniform(swarm, smallSwarmMax);
    const lacked = mode === 'LEECH' ? 'SEEDER' : 'LEECH';
    const near = showcase.neighbourhoods.around(peer.source.prefix, nearLooks, this.random);
    return shuffled([...showcase.candidates(lacked, this.random), ...near], this.random);
  }

  private uniform(swarm: SwarmMembers, count: number): readonly Membership[] {
    return sampleIndexes(swarm.peers, count, this.random).flatMap((at) => swarm.peer(at) ?? []);
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

function preferred({ peerId, address }: PeerInfo): PeerInfo {
  return { peerId, address: { ...address, priority: listPriority.superNode } };
}

/** A super node that is known from the configuration alone: its address is its name. */
function configured({ ip, port }: NonNullable<SuperNode['address']>): PeerInfo {
  const address = { ip, port, priority: listPriority.superNode, type: 'HOST' } as const;
  return { peerId: `${ip}:${String(port)}`, address };
}
