import type { MembershipVerifier } from '@weir/membership';
import type { CertificateFault, OwnCertificate, SwarmId } from '@weir/ppspp';

/** A certificate of ours that can be shown, or why it cannot. */
export type OwnVerdict =
  { readonly ok: true; readonly own: OwnCertificate } | { readonly ok: false; readonly fault: CertificateFault };

/** Checks what a tracker gave us as others will: one that we would not believe is no use to show. */
export function ownCertificate(
  verifier: MembershipVerifier | undefined,
  certificate: Uint8Array,
  swarmId: SwarmId,
): OwnVerdict {
  const verdict = verifier?.check(certificate, swarmId);
  if (verdict === undefined) return { ok: false, fault: 'certificate-unchecked' };
  if (!verdict.ok) return verdict;
  return { ok: true, own: { address: verdict.address, certificate, validFor: verdict.validFor } };
}
