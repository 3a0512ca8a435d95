import { keepAuthority, MembershipIssuer, readAuthority } from '@weir/membership';
import { CertificateDesk, type Issuer } from './certificate-desk';
import type { MembershipPlan } from './membership-plan';
import type { TrackerMetrics } from './metrics';

/** The name in the certificate of an authority that we make: for people. */
const authorityName = 'Weir tracker';

/** Reads or makes the planned authority; undefined if none is planned. Rejects with a `MembershipError`. */
export async function openIssuer(plan: MembershipPlan | undefined): Promise<Issuer | undefined> {
  if (plan === undefined) return undefined;
  const { directory, files } = plan;
  const authority =
    directory === undefined ? await readAuthority(files) : await keepAuthority(directory, authorityName);
  return MembershipIssuer.open(authority);
}

/** A desk that counts what it issues. */
export function deskOf(issuer: Issuer, metrics: TrackerMetrics): CertificateDesk {
  return new CertificateDesk(issuer, (outcome) => metrics.certificates.inc({ outcome }));
}
