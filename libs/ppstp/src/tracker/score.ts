import type { Membership } from './peer-registration';
import type { PeerAddress } from '../message/fields';
import type { PeerNumber } from '../message/request';
import type { Seeker } from './seeker';

/**
 * What a quality is worth. To have what the seeker lacks counts for more than to be near, and what a peer says of itself
 * for the least.
 */
const worth = { complement: 8, nearPrefix: 4, nearAsn: 3, fresh: 2, wish: 1 } as const;

/** A peer heard of within this time is fresh: it reported within the last minute, or its report is on its way. */
const freshMicros = 90_000_000;

/** How well a member suits a seeker: the larger the better. A whole number. */
export function score(member: Membership, seeker: Seeker): number {
  const { peer, mode } = member;
  let sum = mode === seeker.mode ? 0 : worth.complement;
  if (peer.source === seeker.peer.source) sum += worth.nearPrefix;
  if (seeker.asn !== undefined && peer.asn === seeker.asn) sum += worth.nearAsn;
  if (seeker.now - peer.lastHeard <= freshMicros) sum += worth.fresh;
  if (seeker.wish !== undefined) sum += suits(member, seeker.wish, seeker.now);
  return sum;
}

/** The properties of `peer_num`, as far as the seeker names them. RFC 7846 sections 3.2.2 and 4.1.1. */
function suits({ peer, stats }: Membership, wish: PeerNumber, now: number): number {
  let sum = 0;
  const type = peer.listed[0]?.address.type ?? 'HOST';
  if (wish.abilityNat !== undefined && reachable[wish.abilityNat].includes(type)) sum += worth.wish;
  if (wish.onlineTime !== undefined && now - peer.registeredAt >= wish.onlineTime * 1_000_000) sum += worth.wish;
  if (stats === undefined) return sum;
  const { concurrentLinks, availableBandwidth } = stats;
  if (wish.concurrentLinks !== undefined && concurrentLinks <= wish.concurrentLinks) sum += worth.wish;
  if (wish.uploadBandwidth !== undefined && availableBandwidth >= wish.uploadBandwidth * bitsPerKbit) sum += worth.wish;
  return sum;
}

/** `upload_bandwidth` is in Kbps (section 3.2.2); `available_bandwidth` has no unit, and is bits a second here. */
const bitsPerKbit = 1_000;

/** Which types of address a peer of some ability to traverse NATs can reach. */
const reachable: Readonly<Record<NonNullable<PeerNumber['abilityNat']>, readonly PeerAddress['type'][]>> = {
  NO_NAT: ['HOST'],
  STUN: ['HOST', 'REFLEXIVE'],
  TURN: ['HOST', 'REFLEXIVE', 'PROXY'],
};
