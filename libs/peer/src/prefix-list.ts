import { BlockList, isIPv6 } from 'node:net';
import type { Address } from '@weir/ppspp';

/** A prefix as configured. */
export interface AddressPrefix {
  readonly ip: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Whether addresses lie in any of some prefixes. */
export class PrefixList {
  private readonly list = new BlockList();

  constructor(prefixes: readonly AddressPrefix[]) {
    for (const { ip, length, family } of prefixes) this.list.addSubnet(ip, length, family);
  }

  /** `ip` is normalised: an IPv4 address never comes in its IPv6-mapped form. */
  has({ ip }: Address): boolean {
    return this.list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
  }
}
