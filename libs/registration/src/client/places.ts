import { networkInterfaces } from 'node:os';

import { type Address, addressScope, formatIp, parseIp } from '@weir/ppspp';

/** Why nothing may be sent to an address, for people; undefined if it may. `ip` is numeric. */
export type Forbids = (ip: string, port: number) => string | undefined;

/** What is out of bounds for those who tell us where to connect to. */
export interface ForbiddenPlacesOptions {
  /** For a lab on one host. */
  readonly allowLoopback: boolean;
  /** Where we listen for operators; `0.0.0.0` and `::` mean every address of this host. Out of bounds in a lab, too. */
  readonly own?: readonly Address[];
}

/**
 * Judges where a tracker may be: a URL, or the name in it, must not make us speak to services on this host or on its link
 * that trust whoever reaches them. Private addresses are none of these: an ISP's trackers have such.
 */
export function forbiddenPlaces({ allowLoopback, own = [] }: ForbiddenPlacesOptions): Forbids {
  return (text, port) => {
    const ip = parseIp(text);
    if (ip === undefined) return 'it is no address that anybody elsewhere has';
    const scope = addressScope(ip);
    const place = { ip: formatIp(ip), port };
    if (own.some((address) => isSame(address, place))) return 'it is our own admin interface';
    if (scope === 'unicast' || (scope === 'loopback' && allowLoopback)) return undefined;
    return `it is ${scope === 'loopback' ? 'a loopback' : `a ${scope}`} address`;
  };
}

/** Whether whoever listens at `own` is reached at `place`. */
function isSame(own: Address, place: Address): boolean {
  if (own.port !== place.port) return false;
  const ip = parseIp(own.ip);
  if (ip === undefined) return false;
  return addressScope(ip) === 'unspecified' ? isHere(place.ip) : formatIp(ip) === place.ip;
}

/** Asked each time: addresses come and go. */
function isHere(ip: string): boolean {
  const bytes = parseIp(ip) ?? [];
  if (['loopback', 'unspecified'].includes(addressScope(bytes))) return true;
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.some(({ address }) => formatIp(parseIp(address) ?? []) === ip);
}
