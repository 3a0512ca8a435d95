const mappedPrefix = '::ffff:';

/**
 * The form in which we keep an address that the platform printed: an IPv4-mapped IPv6 address (RFC 4291
 * section 2.5.5.2) as the IPv4 address it maps, anything else unchanged, the scope of a link-local one included.
 */
export function normalisedIp(ip: string): string {
  const dotted = ip.length > mappedPrefix.length && ip.includes('.');
  return dotted && ip.slice(0, mappedPrefix.length).toLowerCase() === mappedPrefix ? ip.slice(mappedPrefix.length) : ip;
}

/** The form in which a dual-stack socket takes an address: IPv4 as IPv4-mapped IPv6. */
export function dualStackIp(ip: string): string {
  return isIpv6(ip) ? ip : mappedPrefix + ip;
}

/** Of a numeric address. */
export function isIpv6(ip: string): boolean {
  return ip.includes(':');
}
