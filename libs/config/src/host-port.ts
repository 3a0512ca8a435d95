import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Parsed } from './parsed';

/** Where to listen. `host` is an IP address without brackets, or a name; port 0 lets the system choose. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const portMax = 65_535;
const remedy = 'write HOST:PORT or [IPV6]:PORT, such as 127.0.0.1:9080 or [::]:6778';
const hostName = /^(?!-)[a-z\d-]{1,63}(?<!-)(?:\.(?!-)[a-z\d-]{1,63}(?<!-))*$/i;

/** Reads `HOST:PORT`. IPv6 needs its brackets, because `::1:80` is itself an address. */
export function parseHostPort(text: string): Parsed<HostPort> {
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const known = bracketed === undefined ? isHost(plain) : isIPv6(bracketed);
  if (digits === undefined || !known || port > portMax) return { remedy };
  return { value: { host: bracketed ?? plain, port } };
}

/** As `parseHostPort`, but no name: what a datagram socket binds must not hang on a resolver's answer. */
export function parseIpPort(text: string): Parsed<HostPort> {
  const parsed = parseHostPort(text);
  if ('value' in parsed && isIP(parsed.value.host) !== 0) return parsed;
  return { remedy: 'write IP:PORT or [IPV6]:PORT, such as 192.0.2.1:6778 or [::]:6778; [::] serves IPv4 as well' };
}

/** The text that `parseHostPort` reads back. */
export function formatHostPort({ host, port }: HostPort): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The addresses by which a listener may be reached that was told to listen there. What its name leads to is not looked up: of a name
 * other than `localhost`, as of a wildcard, it is every address of this machine, which `0.0.0.0` and `::` stand for.
 */
export function placesOf({ host, port }: HostPort): readonly { readonly ip: string; readonly port: number }[] {
  const ips = host === 'localhost' ? ['127.0.0.1', '::1'] : isIP(host) === 0 ? ['0.0.0.0', '::'] : [host];
  return ips.map((ip) => ({ ip, port }));
}

function isHost(text: string): boolean {
  return /^[\d.]*$/.test(text) ? isIPv4(text) : hostName.test(text);
}
