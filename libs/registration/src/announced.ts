import { limits, type PeerAddress } from '@weir/ppstp';

import type { AnnouncedAddress, Audience } from './settings';

/**
 * What a tracker is told of where we are (RFC 7846 section 3.2.4). A tracker for everyone is told the addresses that are
 * for everyone; one for subscribers those that are for subscribers, and those that do not say. If there is none of that
 * kind, it is told those that do not say: an address that trackers were never told of would serve nobody.
 * `PPSP-PP` as in section 4.1.1.1.
 */
export function announcedTo(audience: Audience, addresses: readonly AnnouncedAddress[]): readonly PeerAddress[] {
  const told = audience === 'subscribers' ? ['subscribers', undefined] : ['everyone'];
  const fitting = addresses.filter((address) => told.includes(address.for));
  const chosen = fitting.length > 0 ? fitting : addresses.filter((address) => address.for === undefined);
  return chosen.map(({ ip, port, priority, type = 'HOST', connection, asn }, at) => ({
    ...{ ip, port, priority: priority ?? limits.addressesPerPeerMax - at, type },
    ...(connection === undefined ? {} : { connection }),
    ...(asn === undefined ? {} : { asn }),
    peerProtocol: 'PPSP-PP',
  }));
}
