/**
 * A transport address. `ip` is textual and normalised: an IPv4-mapped IPv6 address stands as the IPv4 address it
 * maps, IPv6 in the form the platform prints.
 */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** One string for one address, for use as a key. */
export function addressKey({ ip, port }: Address): string {
  return `${ip}|${String(port)}`;
}
