import type { Address } from '../endpoint/address';
import type { Micros } from '../limits';

/** Why a membership certificate, or a told address, was not believed. Closed, so that it can label a metric. */
export type CertificateFault =
  /** No X.509 certificate in DER, or without the name that section 8.13 demands. */
  | 'certificate-malformed'
  /** Not signed by an authority that we know. */
  | 'certificate-issuer'
  /** Not valid yet, or no longer. */
  | 'certificate-expired'
  /** Of another swarm. */
  | 'certificate-swarm'
  /** Larger than any that we take. */
  | 'certificate-oversize'
  /** Not looked at: too many came, none were expected, or the one before was defective. */
  | 'certificate-unchecked';

/** What a membership certificate proves. RFC 7574 sections 8.13 and 12.2.1. */
export type MembershipVerdict =
  | {
      readonly ok: true;
      /** Where the member is. */
      readonly address: Address;
      /** How long from now the certificate is valid. */
      readonly validFor: Micros;
    }
  | { readonly ok: false; readonly fault: CertificateFault };

/** A membership certificate of ours. */
export interface OwnCertificate {
  /** The address of ours that it is for. */
  readonly address: Address;
  /** DER. */
  readonly certificate: Uint8Array;
  /** How long from now it is valid. */
  readonly validFor: Micros;
}
