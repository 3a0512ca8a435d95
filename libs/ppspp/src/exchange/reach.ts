import { parseIp } from '../address/ip';
import { addressScope, isPrivateIp } from '../address/scope';
import type { Address } from '../endpoint/address';

/** How far an address leads: from everywhere, within one private network, on its own host alone, or to no peer at all. */
export type Reach = 'everywhere' | 'network' | 'host' | 'nowhere';

/** The narrower, the higher. */
const narrowness: Readonly<Record<Reach, number>> = { everywhere: 0, network: 1, host: 2, nowhere: 3 };

/** Judges an address by itself. Link-local ones lead nowhere: another host's link is not ours. */
export function reachOf({ ip, port }: Address): Reach {
  const bytes = parseIp(ip);
  if (bytes === undefined || !(port >= 1 && port <= 65_535)) return 'nowhere';
  switch (addressScope(bytes)) {
    case 'unicast':
      return isPrivateIp(bytes) ? 'network' : 'everywhere';
    case 'loopback':
      return 'host';
    case 'unspecified':
    case 'multicast':
    case 'link-local':
    case 'reserved':
      return 'nowhere';
  }
}

/**
 * Whether one peer's address may be told to a partner, or believed of one: it must lead as far as the partner's own does.
 * So no internal address leaves its network, and nobody outside can have us call into it. RFC 7574 section 8.13.
 */
export function mayCross(told: Address, partner: Address): boolean {
  const reach = reachOf(told);
  return reach !== 'nowhere' && narrowness[reach] <= narrowness[reachOf(partner)];
}

/** Whether a peer is in our private network, or on our host. */
export function isNear(peer: Address): boolean {
  const reach = reachOf(peer);
  return reach === 'network' || reach === 'host';
}
