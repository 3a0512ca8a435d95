import type { Membership } from './peer-registration';
import type { PeerInfo } from '../message/peer-info';
import { PeerList } from './peer-list';
import { listPriority } from './registered-address';
import { type Random, sampleIndexes } from './sample';
import { score } from './score';
import { ipsOf, type Seeker } from './seeker';
import type { SuperNode } from './options';
import type { SuperNodes } from './super-nodes';
import { smallSwarmMax, type SwarmMembers } from './swarm-members';

/** One place of so many is drawn at random from the whole swarm, so that nobody decides alone whom others meet. */
const randomShare = 4;

/** Random members beyond those that a list needs: some may be the requester's own earlier registrations. */
const spares = 4;

/** Members of a large swarm that are looked at: of the mode that the requester lacks, of any mode, of its own prefix. */
const looks = { complement: 32, any: 32, near: 8 } as const;

/**
 * Which peers of a swarm to name to whom (RFC 7846 sections 4.1.1 and 4.1.2). Its cost depends on the length of the list and
 * not on the swarm's size.
 *
 * First come the super nodes that serve the requester, so that its chunks come from near; they leave one place in four to
 * others, if there are any. Then those that suit it best (`score`) of a random sample, and among them, each fourth, one
 * drawn at random from the whole swarm. Of these at most half come from one source prefix while others are there. Super
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
    const most = Math.max(1, Math.floor(room / 2));
    let random = Math.floor(room / randomShare + this.random());
    for (const { peer } of this.uniform(swarm, random + spares))
      if (random > 0 && list.addFrom(peer.source.prefix, peer.listed, { most, kind: 'random' })) random--;
    const ranked = this.ranked(swarm, seeker, 2 * room + spares);
    for (const limit of [most, room])
      for (const { peer } of ranked) {
        if (list.room === 0) return;
        list.addFrom(peer.source.prefix, peer.listed, { most: limit, kind: 'best' });
      }
  }

  /** Candidates, the best first; of equals any. Among them are `spread` of as many networks as there are. */
  private ranked(swarm: SwarmMembers, seeker: Seeker, spread: number): readonly Membership[] {
    const scored = this.candidates(swarm, seeker, spread).map((member) => ({ member, worth: score(member, seeker) }));
    return scored.sort((one, other) => other.worth - one.worth).map(({ member }) => member);
  }

  private candidates(swarm: SwarmMembers, { peer, mode }: Seeker, spread: number): readonly Membership[] {
    const { neighbourhoods: near } = swarm;
    if (near === undefined) return this.uniform(swarm, smallSwarmMax);
    const lacked = mode === 'LEECH' ? swarm.seeders : swarm.leeches;
    return [
      ...new Set([
        ...near.spread(spread, this.random),
        ...lacked.sample(looks.complement, this.random),
        ...this.uniform(swarm, looks.any),
        ...near.around(peer.source.prefix, looks.near, this.random),
      ]),
    ];
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

function preferred({ peerId, address }: PeerInfo): PeerInfo {
  return { peerId, address: { ...address, priority: listPriority.superNode } };
}

/** A super node that is known from the configuration alone: its address is its name. */
function configured({ ip, port }: NonNullable<SuperNode['address']>): PeerInfo {
  const address = { ip, port, priority: listPriority.superNode, type: 'HOST' } as const;
  return { peerId: `${ip}:${String(port)}`, address };
}
