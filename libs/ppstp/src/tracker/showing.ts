import type { Catalogue } from './catalogue';
import type { Membership, PeerRegistration } from './peer-registration';
import type { SwarmMembers } from './swarm-members';
import type { MemberView, Page, PeerView, SwarmView } from './views';

/** A swarm, shown to its operator. */
export function showSwarm(swarm: SwarmMembers, catalogue: Catalogue): SwarmView {
  const { SEEDER: seeders, LEECH: leeches } = swarm.modes;
  return { swarmId: swarm.swarmId, access: catalogue.access(swarm.swarmId), seeders, leeches };
}

/** A peer, shown to the tracker's operator. */
export function showPeer(peer: PeerRegistration): PeerView {
  const { peerId, principal, registeredAt, lastHeard } = peer;
  return {
    peerId,
    principal,
    addresses: peer.addresses.map(({ address, priority, proven }) => ({ ...address, priority, proven })),
    registeredAt,
    lastHeard,
    superNode: peer.superNode !== undefined,
    swarms: peer.memberships.size,
  };
}

/** A member of a swarm, shown to the tracker's operator. */
export function showMember({ peer, mode, stats }: Membership): MemberView {
  return { ...showPeer(peer), mode, stats };
}

/** Part of a list of things by their places. */
export function pageOf<Item>(at: (place: number) => Item | undefined, cursor: number, limit: number): Page<Item> {
  const items: Item[] = [];
  for (let place = cursor; items.length < limit; place++) {
    const item = at(place);
    if (item === undefined) return { items, next: undefined };
    items.push(item);
  }
  return { items, next: cursor + limit };
}
