import { parseIp } from '@weir/ppspp';

/**
 * The network that an address is in, in a text for keys: the /24 of an IPv4 address, the /56 of an IPv6 address, which
 * is what one subscriber may have whole. Whatever is no address is a network of its own. The IPv4 address is normal, as
 * `normalIp` writes it.
 */
export function sourcePrefix(ip: string): string {
  if (!ip.includes(':')) return ip.slice(0, Math.max(0, ip.lastIndexOf('.')));
  const bytes = parseIp(ip);
  return bytes === undefined ? ip : bytes.slice(0, bytes.length === 4 ? 3 : 7).join('.');
}

/** The wider network around it: the /16 of an IPv4 address, the /32 of an IPv6 address, the least that a provider has. */
export function widePrefix(prefix: string): string {
  const bytes = prefix.split('.');
  return bytes.slice(0, bytes.length <= 3 ? 2 : 4).join('.');
}
