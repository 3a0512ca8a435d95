import { reachableAddresses } from '@weir/datagram';
import type { MembershipVerifier } from '@weir/membership';
import { addressKey, isNear, type Address, type ExchangeConfig } from '@weir/ppspp';
import type { CertificateCheck } from './certificate-check';
import type { TransferExchange } from './transfer-exchange';

/**
 * Everybody is named to everybody, as far as addresses allow: without certificates only within a private network, or on one
 * host. RFC 7574 section 3.10.1. `local` is where we listen.
 */
export function sociable({ plain = false, verifier }: TransferExchange, local: () => Address): ExchangeConfig {
  return {
    benign: plain ? isNear : () => false,
    certified: verifier !== undefined,
    names: () => true,
    own: (address) => reachableAddresses(local()).some((own) => addressKey(own) === addressKey(address)),
  };
}

/** A verifier, as a driver asks it. */
export function checkOf(verifier: MembershipVerifier): CertificateCheck {
  return { check: (certificate, swarmId) => Promise.resolve(verifier.check(certificate, swarmId)) };
}
