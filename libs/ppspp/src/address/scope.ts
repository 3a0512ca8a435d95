import { type IpBytes, parseIp, parsePrefix, type Prefix, prefixContains } from './ip';

/** What an address is good for, as far as the address itself tells. Only `unicast` leads to a peer elsewhere. */
export type AddressScope = 'unicast' | 'loopback' | 'unspecified' | 'multicast' | 'link-local' | 'reserved';

/** IANA's special-purpose address registries (RFC 6890), as far as no peer can have such an address. */
const special: readonly { readonly scope: AddressScope; readonly prefixes: readonly Prefix[] }[] = [
  { scope: 'loopback', prefixes: prefixes('127.0.0.0/8', '::1') },
  { scope: 'unspecified', prefixes: prefixes('0.0.0.0/8', '::') },
  { scope: 'multicast', prefixes: prefixes('224.0.0.0/4', 'ff00::/8') },
  { scope: 'link-local', prefixes: prefixes('169.254.0.0/16', 'fe80::/10') },
  // Broadcast is in there.
  { scope: 'reserved', prefixes: prefixes('240.0.0.0/4') },
];

/** Classifies an address. Private addresses are `unicast`: behind an ISP's NAT they are where the subscribers are. */
export function addressScope(ip: IpBytes): AddressScope {
  const match = special.find((entry) => entry.prefixes.some((prefix) => prefixContains(prefix, ip)));
  return match?.scope ?? 'unicast';
}

/**
 * Whether a peer can be sent to at `ip`, as a tracker or a peer names it. Loopback only where the operator allows it:
 * elsewhere a stranger would have us send to our own host's services.
 */
export function peerIpUsable(ip: string, allowLoopback: boolean): boolean {
  const bytes = parseIp(ip);
  if (bytes === undefined) return false;
  const scope = addressScope(bytes);
  return scope === 'unicast' || (scope === 'loopback' && allowLoopback);
}

/** Networks whose addresses lead nowhere from outside: RFC 1918, RFC 4193, and RFC 6598, behind an ISP's own NAT. */
const privateNetworks = prefixes('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/** Whether an address means something within one private network only. */
export function isPrivateIp(ip: IpBytes): boolean {
  return privateNetworks.some((prefix) => prefixContains(prefix, ip));
}

function prefixes(...texts: string[]): Prefix[] {
  return texts.map(parsePrefix).filter((prefix) => prefix !== undefined);
}
