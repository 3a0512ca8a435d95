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

/** IPv6 networks whose addresses stand for IPv4 ones, and where in them these are. Mapped ones are IPv4 already (`parseIp`). */
const embeddings: readonly { readonly prefixes: readonly Prefix[]; readonly at: readonly (readonly number[])[] }[] = [
  // IPv4-compatible (RFC 4291 section 2.5.5.1), IPv4-translated (RFC 2765), NAT64 (RFC 6052).
  { prefixes: prefixes('::/96', '::ffff:0:0:0/96', '64:ff9b::/96'), at: [[12, 13, 14, 15]] },
  // NAT64 within one network (RFC 8215), with the prefix lengths of RFC 6052 section 2.2 that fit in there.
  {
    prefixes: prefixes('64:ff9b:1::/48'),
    at: [
      [6, 7, 9, 10],
      [12, 13, 14, 15],
    ],
  },
  // 6to4 (RFC 3056).
  { prefixes: prefixes('2002::/16'), at: [[2, 3, 4, 5]] },
  // The server of Teredo (RFC 4380).
  { prefixes: prefixes('2001::/32'), at: [[4, 5, 6, 7]] },
];

/**
 * Classifies an address. Private addresses are `unicast`: behind an ISP's NAT they are where the subscribers are. An IPv6
 * address is `reserved` if it stands for an IPv4 address that is no peer's, so that no way around leads there.
 */
export function addressScope(ip: IpBytes): AddressScope {
  const scope = plainScope(ip);
  if (scope !== 'unicast' || ip.length === 4) return scope;
  return embedded(ip).map(plainScope).every(isHarmless) ? scope : 'reserved';
}

function plainScope(ip: IpBytes): AddressScope {
  return special.find((entry) => entry.prefixes.some((prefix) => prefixContains(prefix, ip)))?.scope ?? 'unicast';
}

/** Zeros are no address that somebody wrote: they stand where another form has its address. */
function isHarmless(scope: AddressScope): boolean {
  return scope === 'unicast' || scope === 'unspecified';
}

function embedded(ip: IpBytes): readonly IpBytes[] {
  const among = embeddings.filter((entry) => entry.prefixes.some((prefix) => prefixContains(prefix, ip)));
  const places = among.flatMap(({ at }) => at.map((places) => places.map((place) => ip[place] ?? 0)));
  const last = ip.slice(12);
  // The client of Teredo is there with its bits turned over.
  if (ip[0] === 0x20 && ip[1] === 0x01 && ip[2] === 0 && ip[3] === 0) places.push(last.map((byte) => 255 - byte));
  // ISATAP (RFC 5214 section 6.1) has its mark in the interface identifier, in any network.
  if (ip[9] === 0 && ip[10] === 0x5e && ip[11] === 0xfe) places.push(last);
  return places;
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
