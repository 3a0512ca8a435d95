import type { Address } from '../endpoint/address';

/** What an endpoint tells peers of other peers, and believes of what they tell. RFC 7574 section 3.10. */
export interface ExchangeConfig {
  /**
   * Peers with whom plain addresses are exchanged. PEX_RESv4 and PEX_RESv6 prove nothing, so that anybody could be led
   * anywhere by them: they are for peers whom an operator trusts, as those of a private network may be (section 3.10.1).
   */
  readonly benign: (peer: Address) => boolean;
  /** Membership certificates can be verified, and so are asked for. Section 12.2.1. */
  readonly certified: boolean;
  /** Whether a member of a swarm may be named to who asks; what an address by itself allows is asked beside. */
  readonly names: (member: Address, asker: Address) => boolean;
  /** True for addresses of our own, which are never called. */
  readonly own: (address: Address) => boolean;
}

/** Nobody is told anything, and nobody believed. */
export const noExchange: ExchangeConfig = Object.freeze({
  benign: () => false,
  certified: false,
  names: () => false,
  own: () => false,
});
