import { normalIp, parseIp, type Prefix, prefixContains } from '@weir/ppspp';

/** Proxies that one request may have come through. */
const proxiesMax = 8;

/** Characters of `X-Forwarded-For` that are looked at, from its end. */
const forwardedCharsMax = 512;

/** Where requests come from: the other end of the connection, or, if that is a trusted proxy, what it says. */
export class ClientAddresses {
  constructor(private readonly trustedProxies: readonly Prefix[]) {}

  /** Whether the operator trusts what this address says of others. */
  isProxy(ip: string): boolean {
    if (this.trustedProxies.length === 0) return false;
    const bytes = parseIp(ip);
    return bytes !== undefined && this.trustedProxies.some((prefix) => prefixContains(prefix, bytes));
  }

  /**
   * The client behind trusted proxies: the last address of `X-Forwarded-For` that is not one of theirs, since whatever
   * stands before it was written by somebody whom nobody trusts. The proxy itself if it says nothing that is an address.
   */
  behind(proxy: string, forwarded: string | undefined): string {
    const hops = (forwarded ?? '').slice(-forwardedCharsMax).split(',').slice(-proxiesMax).reverse();
    let client = proxy;
    for (const hop of hops) {
      const ip = normalIp(withoutPort(hop.trim()));
      if (ip === undefined) return client;
      client = ip;
      if (!this.isProxy(ip)) return client;
    }
    return client;
  }
}

/** Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|(\d+(?:\.\d+){3}))(?::\d+)?$/.exec(hop) ?? [];
  return bracketed ?? plain ?? hop;
}
