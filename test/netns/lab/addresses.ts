/** The lab's address plan: what is inside, the links between routers, and what is outside. */

/** IPv4 or IPv6. */
export type Family = 4 | 6;

/** Both, for `describe.each`. */
export const families: readonly Family[] = [4, 6];

/** Prefixes of subscribers. */
export const subscriberPrefixes = ['100.64.0.0/16', '2001:db8:64::/48'] as const;

/** How many of each there are, numbered from 1. */
export const hosts = { subscribers: 16, externals: 24 } as const;

const inside = { 4: '100.64.0.', 6: '2001:db8:64::' } as const;
const outside = { 4: '198.51.100.', 6: '2001:db8:51::' } as const;

/** The gateway of subscribers: the inside of the first router. */
export function gateway(family: Family): string {
  return `${inside[family]}1`;
}

/** The address of a subscriber, 1 to `hosts.subscribers`. */
export function subscriber(number: number, family: Family = 4): string {
  return `${inside[family]}${100 + number}`;
}

/** An address in the Internet, 1 to `hosts.externals`. */
export function external(number: number, family: Family = 4): string {
  return `${outside[family]}${100 + number}`;
}

/** An end of a link between routers, 1 being the one next to the first router's outside. */
export function linkEnd(link: number, end: 'inner' | 'outer', family: Family): string {
  if (family === 6) return `2001:db8:2:${link}::${end === 'inner' ? 1 : 2}`;
  return `192.0.2.${16 * link + (end === 'inner' ? 1 : 2)}`;
}

/** The links' prefixes together. */
export const linkPrefixes = { 4: '192.0.2.0/24', 6: '2001:db8:2::/48' } as const;

/** Bits of the prefixes on a cable. */
export const cableBits = { subscribers: { 4: 16, 6: 48 }, link: { 4: 28, 6: 64 } } as const;
