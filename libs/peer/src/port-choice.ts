import { isIPv6 } from 'node:net';
import type { Address } from '@weir/ppspp';

/** Index of the local socket from which an address can be reached: one of its family, or a dual-stack one. */
export function portFor(to: Address, locals: readonly Address[]): number {
  const wantsIpv6 = isIPv6(to.ip);
  const index = locals.findIndex(({ ip }) => isIPv6(ip) === wantsIpv6 || ip === '::');
  return Math.max(0, index);
}
