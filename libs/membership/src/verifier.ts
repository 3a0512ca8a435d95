import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateFault, MembershipVerdict, SwarmId } from '@weir/ppspp';
import { MembershipError } from './errors';
import { limits } from './limits';
import { parseMemberName, type Member } from './member-name';

/** What a certificate says for itself, at whatever time and whoever asks. */
type Reading =
  | { readonly ok: true; readonly member: Member; readonly begins: number; readonly ends: number }
  | { readonly ok: false; readonly fault: CertificateFault };

/** A subject alternative name marked critical, in DER: its object identifier, and TRUE. RFC 5280 section 4.2. */
const criticalName = Buffer.from('0603551d110101ff', 'hex');

/**
 * Verifies membership certificates, RFC 7574 sections 8.13 and 12.2. Only those that a configured authority itself signed
 * are believed: there are no chains. Strangers' bytes are parsed by OpenSSL alone, at a bounded rate.
 */
export class MembershipVerifier {
  private readonly authorities: readonly X509Certificate[];
  private readonly readings = new Map<string, Reading>();
  private second = Number.NEGATIVE_INFINITY;
  private checks = 0;

  /** `authorities` are certificates in PEM. Throws a `MembershipError` for one that cannot be used. */
  constructor(
    authorities: readonly string[],
    private readonly nowMillis: () => number = Date.now,
  ) {
    this.authorities = authorities.map(readAuthority);
  }

  /** What a certificate in DER proves of a member of a swarm. */
  check(certificate: Uint8Array, swarmId: SwarmId): MembershipVerdict {
    const now = this.nowMillis();
    const reading = this.reading(certificate, now);
    if (!reading.ok) return reading;
    const { member, begins, ends } = reading;
    if (now + limits.skewMillis < begins || now >= ends) return { ok: false, fault: 'certificate-expired' };
    if (member.swarmId !== swarmId) return { ok: false, fault: 'certificate-swarm' };
    return { ok: true, address: member.address, validFor: (ends - now) * 1_000 };
  }

  private reading(certificate: Uint8Array, now: number): Reading {
    const digest = createHash('sha256').update(certificate).digest('base64');
    const known = this.readings.get(digest);
    if (known !== undefined) return known;
    if (!this.mayCheck(now)) return { ok: false, fault: 'certificate-unchecked' };
    const reading = this.read(certificate);
    const [oldest] = this.readings.keys();
    if (this.readings.size >= limits.remembered && oldest !== undefined) this.readings.delete(oldest);
    this.readings.set(digest, reading);
    return reading;
  }

  private mayCheck(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.second) this.checks = 0;
    this.second = second;
    return ++this.checks <= limits.checksPerSecondMax;
  }

  private read(der: Uint8Array): Reading {
    const certificate = parse(der);
    if (certificate === undefined) return { ok: false, fault: 'certificate-malformed' };
    if (!this.authorities.some((one) => isIssuedBy(certificate, one)))
      return { ok: false, fault: 'certificate-issuer' };
    // From here on it is what an authority that we trust wrote, and not what a stranger did.
    const [, name = ''] = /^URI:(\S+)$/.exec(certificate.subjectAltName ?? '') ?? [];
    const member = parseMemberName(name);
    const isCritical = Buffer.from(der).includes(criticalName);
    if (member === undefined || !isCritical || certificate.ca) return { ok: false, fault: 'certificate-malformed' };
    return { ok: true, member, begins: Date.parse(certificate.validFrom), ends: Date.parse(certificate.validTo) };
  }
}

/** A certificate that is DER from its first byte to its last: the platform would take PEM, or bytes after it, as well. */
function parse(der: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** The platform throws for a signature of a kind that it does not know. */
function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function readAuthority(pem: string): X509Certificate {
  let authority: X509Certificate | undefined;
  try {
    authority = new X509Certificate(pem);
  } catch {
    authority = undefined;
  }
  if (authority?.ca === true) return authority;
  throw new MembershipError(
    'MEMBERSHIP_AUTHORITY_INVALID',
    'the certificate of the membership authority is no certificate of an authority: name a file with one in PEM',
  );
}
