import type { MembershipVerifier } from '@weir/membership';

/** How peers are exchanged. */
export interface TransferExchange {
  /** Plain addresses, in private networks and on one host: for where nobody lies. Left out, none. */
  readonly plain?: boolean | undefined;
  /** Left out, no certificate is believed. */
  readonly verifier?: MembershipVerifier | undefined;
}
