// The library that writes certificates needs it, and needs it first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate as PlatformCertificate } from 'node:crypto';
import { MembershipError } from './errors';
import { limits } from './limits';
import { memberName, type Member } from './member-name';

/** Taken up when it is needed: whoever only verifies starts without it, a fifth of a second sooner. */
const load = () => import('@peculiar/x509');

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Ten years: an authority is changed by hand, at everybody who trusts it. */
const authorityMillis = 10 * 365 * 86_400_000;

/** An authority on who is in which swarm, in PEM. */
export interface Authority {
  /** Secret, in PKCS #8. */
  readonly key: string;
  /** What its certificates are verified against. */
  readonly certificate: string;
}

/** Makes an authority: an ECDSA key on P-256, and a certificate that it signed itself. */
export async function makeAuthority(name: string, now = new Date()): Promise<Authority> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } = await load();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: now,
    notAfter: new Date(now.getTime() + authorityMillis),
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { key: key.toString(), certificate: certificate.toString('pem') };
}

/** Issues membership certificates. RFC 7574 sections 8.13 and 12.2.2. */
export class MembershipIssuer {
  /** For how long what it issues is valid. */
  readonly lifetimeMillis = limits.lifetimeMillis;

  private constructor(
    private readonly issuer: string,
    private readonly signingKey: webcrypto.CryptoKey,
    /** Nothing in PPSPP uses a member's key, and X.509 demands one: here is one whose other half nobody kept. */
    private readonly publicKey: webcrypto.CryptoKey,
  ) {}

  /** Rejects with a `MembershipError` for a key or a certificate that cannot be used. */
  static async open({ key, certificate }: Authority): Promise<MembershipIssuer> {
    try {
      const secret = createPrivateKey(key);
      const own = new PlatformCertificate(certificate);
      if (!own.ca || !own.checkPrivateKey(secret)) throw invalid();
      const pkcs8 = secret.export({ format: 'der', type: 'pkcs8' });
      const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
      const { publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const { X509Certificate } = await load();
      return new MembershipIssuer(new X509Certificate(own.raw).subject, signingKey, publicKey);
    } catch (error) {
      throw error instanceof MembershipError ? error : invalid();
    }
  }

  /** A certificate, in DER, that somebody at an address is in a swarm. Ask only for whom you proved to be there. */
  async issue(member: Member, now = new Date()): Promise<Uint8Array> {
    const { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } = await load();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: '',
      issuer: this.issuer,
      publicKey: this.publicKey,
      signingKey: this.signingKey,
      signingAlgorithm: algorithm,
      notBefore: now,
      notAfter: new Date(now.getTime() + limits.lifetimeMillis),
      extensions: [
        new SubjectAlternativeNameExtension([{ type: 'url', value: memberName(member) }], true),
        new BasicConstraintsExtension(false, undefined, true),
      ],
    });
    return new Uint8Array(certificate.rawData);
  }
}

/** Positive, and nobody's guess. RFC 5280 section 4.1.2.2. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

function invalid(): MembershipError {
  return new MembershipError(
    'MEMBERSHIP_AUTHORITY_INVALID',
    'key and certificate of the membership authority do not fit: name an ECDSA key on P-256 and its own certificate',
  );
}
