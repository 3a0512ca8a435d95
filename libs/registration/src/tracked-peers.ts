import { type Address, addressKey, type Candidate, peerIpUsable } from '@weir/ppspp';
import type { PeerInfo } from '@weir/ppstp';

import { peersPerLookupMax } from './limits';

/** A peer of a swarm, as trackers know it. PPSTP does not tell whether it is a SEEDER or a LEECH. */
export interface TrackedPeer {
  readonly peerId: string;
  readonly address: Address;
  /** The larger the value, the higher the priority (RFC 7846 table 3). */
  readonly priority: number;
  /** Number of its autonomous system, as it says. */
  readonly asn?: number | undefined;
}

/** Who must not be listed to us. */
export interface ListFilter {
  readonly peerId: string;
  /** Whether it is one of our other peer IDs. Default: there are none. */
  readonly isOwnId?: (peerId: string) => boolean;
  readonly addresses: readonly Address[];
  readonly allowLoopback: boolean;
}

/** Why a listed peer was left out. `unusable`: no address of a peer elsewhere; `own`: it is ourselves. */
export type RefusedPeer = 'unusable' | 'own';

/**
 * Makes one list of those of several trackers: each address once, with the highest priority that it has anywhere, the
 * highest first. A tracker may lie: what cannot be a peer's address is left out.
 */
export function mergePeers(
  lists: readonly (readonly PeerInfo[])[],
  filter: ListFilter,
  refused: (reason: RefusedPeer) => void,
): readonly TrackedPeer[] {
  const own = new Set(filter.addresses.map(addressKey));
  const peers = new Map<string, TrackedPeer>();
  for (const { peerId, address } of lists.flat()) {
    const { ip, port, priority, asn } = address;
    const key = addressKey(address);
    const known = peers.get(key);
    if (!peerIpUsable(ip, filter.allowLoopback)) refused('unusable');
    else if (own.has(key) || isOwn(peerId, filter)) refused('own');
    else if (known === undefined || known.priority < priority)
      peers.set(key, { peerId, address: { ip, port }, priority, ...systemOf(asn) });
  }
  return [...peers.values()].sort((one, other) => other.priority - one.priority).slice(0, peersPerLookupMax);
}

/** What cannot be the number of a system says nothing. */
function systemOf(asn = ''): Pick<TrackedPeer, 'asn'> {
  return /^[1-9]\d{0,9}$/.test(asn) ? { asn: Number(asn) } : {};
}

function isOwn(peerId: string, filter: ListFilter): boolean {
  return peerId === filter.peerId || filter.isOwnId?.(peerId) === true;
}

/**
 * The peers as an endpoint takes them. Trackers give the best the largest priority (RFC 7846 table 3), an endpoint tries
 * the lowest first. Only the order counts: peers that a tracker likes alike are tried together, from priority 1 on.
 */
export function candidatesOf(peers: readonly TrackedPeer[]): Candidate[] {
  const levels = [...new Set(peers.map(({ priority }) => priority))].sort((one, other) => other - one);
  return peers.map(({ address, priority, asn }) => ({ address, priority: 1 + levels.indexOf(priority), asn }));
}
