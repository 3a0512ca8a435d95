import type { MembershipVerifier } from '@weir/membership';

/** How peers are exchanged: plain addresses in private networks, and beside them what certificates prove. */
export interface TransferExchange {
  /** Left out, no certificate is believed. */
  readonly verifier?: MembershipVerifier | undefined;
}
