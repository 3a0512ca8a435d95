import type { SwarmId, MembershipVerdict } from '@weir/ppspp';

/** Looks at membership certificates of peers. RFC 7574 section 12.2.2. */
export interface CertificateCheck {
  /** What a certificate, in DER, proves of a member of a swarm. Bounded in what it does: beyond, it has not looked. */
  check(certificate: Uint8Array, swarmId: SwarmId): Promise<MembershipVerdict>;
}
