import { networkInterfaces } from 'node:os';
import { isLoopback } from '@weir/datagram';
import type { Address } from '@weir/ppspp';

/**
 * The addresses of this machine, as they are at the start: nothing that was meant for one of them is passed on, or it would come
 * back. The packet filter diverts nothing to them either, and always knows them all.
 */
export class OwnAddresses {
  private readonly ips: ReadonlySet<string>;

  /** With the addresses that we listen on, which need not be any interface's. */
  constructor(listen: readonly Address[]) {
    const machine = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    this.ips = new Set([...machine.map(({ address }) => address), ...listen.map(({ ip }) => ip)]);
  }

  has(address: Address): boolean {
    return this.ips.has(address.ip) || isLoopback(address);
  }
}

/** Where on loopback somebody is reached who listens on all addresses; itself for any other. */
export function loopbackOf({ ip, port }: Address): Address {
  const loopbacks: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return { ip: loopbacks[ip] ?? ip, port };
}
