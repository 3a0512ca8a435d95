import { parseIp } from '@weir/ppspp';

/**
 * The network that an address is in, in a text for keys: the /24 of an IPv4 address, the /48 of an IPv6 address, which
 * is what one site, or who asks for a tunnel, may have whole (RFC 6177). Whatever is no address is a network of its own. The
 * IPv4 address is normal, as `normalIp` writes it.
 */
export function sourcePrefix(ip: string): string {
  return ip.includes(':') ? ipv6Prefix(ip, 6) : ip.slice(0, Math.max(0, ip.lastIndexOf('.')));
}

/** The wider network around it: the /16 of an IPv4 address, the /32 of an IPv6 address, the least that a provider has. */
export function widePrefix(prefix: string): string {
  const bytes = prefix.split('.');
  return bytes.slice(0, bytes.length <= 3 ? 2 : 4).join('.');
}

/** A text for keys of one host, as far as addresses tell: an IPv4 address, the /64 of an IPv6 address. */
export function hostOf(ip: string): string {
  return ip.includes(':') ? ipv6Prefix(ip, 8) : ip;
}

/** Whether both are in one /64: a link, on which hosts take addresses as they like (RFC 8981). */
export function isSameLink(ip: string, other: string): boolean {
  return ip.includes(':') && other.includes(':') && ipv6Prefix(ip, 8) === ipv6Prefix(other, 8);
}

function ipv6Prefix(ip: string, bytes: number): string {
  const parsed = parseIp(ip);
  if (parsed === undefined) return ip;
  return parsed.slice(0, parsed.length === 4 ? 3 : bytes).join('.');
}
