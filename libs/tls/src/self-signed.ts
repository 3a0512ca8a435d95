// The library that writes certificates needs it, and needs it first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its key, in PEM. */
export interface CertificateTexts {
  readonly certificate: string;
  /** Secret, in PKCS #8. */
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Ten years: whoever trusts such a certificate has a copy of it, and changes that by hand. */
const lifetimeMillis = 10 * 365 * 86_400_000;

/** Clocks differ: what was made just now must not be of tomorrow for another host. */
const skewMillis = 86_400_000;

/** `id-kp-serverAuth`, RFC 5280 section 4.2.1.12. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** Makes a server's certificate for these names and addresses that nobody vouches for: for trials, and for tests. */
export async function makeSelfSigned(hosts: readonly string[], now = new Date()): Promise<CertificateTexts> {
  // Taken up when it is needed: a server that has its certificate starts without it, a fifth of a second sooner.
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: [{ CN: [hosts[0] ?? 'localhost'] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now.getTime() - skewMillis),
    notAfter: new Date(now.getTime() + lifetimeMillis),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([serverAuthentication]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { certificate: certificate.toString('pem'), key: key.toString() };
}
