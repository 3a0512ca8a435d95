import { readFile } from 'node:fs/promises';
import { MembershipVerifier } from '@weir/membership';
import type { TransferExchange } from '@weir/peer';
import { UsageError } from '../errors';

/** The options that say what peers are told of others, and believed of them. RFC 7574 section 3.10. */
export interface ExchangeOptions {
  readonly peerExchange?: boolean;
  readonly membershipCa?: string;
}

/** Those options, as they stand on a command line. */
export const exchangeFlags = {
  peerExchange: {
    flags: '--peer-exchange',
    description: 'learn of peers from peers, and tell them, in private networks',
  },
  membershipCa: {
    flags: '--membership-ca <file>',
    description: 'exchange peers with everybody, by certificates of this CA',
  },
} as const;

/** How peers are exchanged; undefined if not at all. Rejects with a `UsageError` or a `MembershipError`. */
export async function exchangeOf({
  peerExchange,
  membershipCa,
}: ExchangeOptions): Promise<TransferExchange | undefined> {
  const plain = peerExchange === true;
  if (membershipCa === undefined) return plain ? { plain } : undefined;
  const pem = await readFile(membershipCa, 'utf8').catch(() => undefined);
  if (pem !== undefined) return { plain, verifier: new MembershipVerifier([pem]) };
  throw new UsageError(`--membership-ca ${membershipCa}: cannot be read; name a file with a certificate in PEM`);
}
