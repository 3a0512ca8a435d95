// The library that writes certificates needs it, and needs it first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { makeAuthority, type Authority as Keys } from '@weir/membership';
import { X509Certificate, X509CertificateGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { Stage } from './stage';

/** Files, in PEM. */
export interface Certified {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

/** A provider's authority, which says who its tracker is and who its peers are. */
export class Authority {
  /** The certificate that is trusted. */
  readonly caFile: string;

  private constructor(
    private readonly stage: Stage,
    private readonly keys: Keys,
  ) {
    this.caFile = stage.path('ca.pem');
    writeFileSync(this.caFile, keys.certificate);
  }

  static async make(stage: Stage): Promise<Authority> {
    return new Authority(stage, await makeAuthority("A test's authority"));
  }

  /** Certifies a peer's name, or a server's with its addresses. */
  async certify(name: string, ips: readonly string[] = []): Promise<Certified> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const pkcs8 = createPrivateKey(this.keys.key).export({ format: 'der', type: 'pkcs8' });
    const now = Date.now();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      subject: [{ CN: [name] }],
      issuer: new X509Certificate(this.keys.certificate).subjectName.toJSON(),
      publicKey: keys.publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
      signingAlgorithm: algorithm,
      notBefore: new Date(now - day),
      notAfter: new Date(now + day),
      extensions: ips.length === 0 ? [] : [new SubjectAlternativeNameExtension(ips.map(nameOf))],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
    return this.write(name, certificate.toString('pem'), key.toString());
  }

  private write(name: string, certificate: string, key: string): Certified {
    const files = {
      certificateFile: this.stage.path(`${name}-cert.pem`),
      keyFile: this.stage.path(`${name}-key.pem`),
    };
    writeFileSync(files.certificateFile, certificate);
    writeFileSync(files.keyFile, key, { mode: 0o600 });
    return files;
  }
}

function nameOf(value: string) {
  return { type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value };
}
