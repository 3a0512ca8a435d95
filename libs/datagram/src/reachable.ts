import { networkInterfaces } from 'node:os';
import type { Address } from '@weir/ppspp';

/** Addresses told to others: as many as one peer may reasonably have. */
const reachableMax = 4;

/**
 * Where others reach a socket: at its own address, or with a wildcard at each address of this machine, IPv4 first.
 * A machine that is on no network at all still reaches itself.
 */
export function reachableAddresses({ ip, port }: Address): readonly Address[] {
  if (ip !== '::' && ip !== '0.0.0.0') return [{ ip, port }];
  const spoken = localAddresses().filter(({ family, scoped }) => !scoped && (ip === '::' || family === 'IPv4'));
  const outside = spoken.filter(({ internal }) => !internal);
  const chosen = (outside.length > 0 ? outside : spoken).sort((one, other) => one.family.localeCompare(other.family));
  return chosen.slice(0, reachableMax).map(({ address }) => ({ ip: address, port }));
}

/** Whether an address reaches this machine alone. */
export function isLoopback({ ip }: Address): boolean {
  return ip === '::1' || ip.startsWith('127.');
}

/** A port of the system's choice, on every address of this machine, IPv4 alone where there is no IPv6. */
export function anyAddress(): Address {
  const hasIpv6 = localAddresses().some(({ family }) => family === 'IPv6');
  return { ip: hasIpv6 ? '::' : '0.0.0.0', port: 0 };
}

function localAddresses() {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address, family, internal, scopeid }) => {
      return { address, family, internal, scoped: scopeid !== undefined && scopeid !== 0 };
    });
}
