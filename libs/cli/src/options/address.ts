import { lookup } from 'node:dns/promises';
import { formatHostPort, type HostPort } from '@weir/config';
import { normalisedIp } from '@weir/datagram';
import { addressScope, parseIp, type Address } from '@weir/ppspp';
import { UsageError } from '../errors';

/** The address of a host: its own if it is numeric, else the first that its name stands for. */
export async function resolveAddress(flag: string, { host, port }: HostPort): Promise<Address> {
  try {
    const { address } = await lookup(host);
    return { ip: normalisedIp(address), port };
  } catch {
    const remedy = 'no address is known for this name; write an IP address, or mend the name';
    throw new UsageError(`${flag} "${formatHostPort({ host, port })}": ${remedy}`);
  }
}

/** An address as people write it. */
export function formatAddress({ ip, port }: Address): string {
  return formatHostPort({ host: ip, port });
}

/** Whether a URL leads to this machine by what it says itself. */
export function isLocalUrl(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || addressScope(parseIp(host) ?? []) === 'loopback';
}
