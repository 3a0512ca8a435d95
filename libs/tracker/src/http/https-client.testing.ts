import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** What a request over HTTPS came back with. */
export interface HttpsAnswer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly info: string | undefined;
  readonly text: string;
  /** Of the certificate that the server showed. */
  readonly fingerprint: string;
  readonly protocol: string | null;
}

/** Posts over a connection of its own. Rejects where there is no connection. */
export function postSecurely(url: string, body: string, options: RequestOptions = {}): Promise<HttpsAnswer> {
  const fields = { 'content-type': 'application/ppsp-tracker+json', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const own = { method: 'POST', agent: false, ...options, headers: Object.assign(fields, options.headers) };
    const outgoing = request(url, own, (incoming) => {
      const shown = secured(incoming.socket);
      let text = '';
      incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      incoming.once('end', () => {
        const { statusCode = 0, headers } = incoming;
        const info = headers['authentication-info'];
        resolve({
          status: statusCode,
          challenge: headers['www-authenticate'],
          info: typeof info === 'string' ? info : undefined,
          text,
          ...shown,
        });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function secured(socket: object): Pick<HttpsAnswer, 'fingerprint' | 'protocol'> {
  const { getPeerCertificate, getProtocol }: Partial<TLSSocket> = socket;
  return {
    fingerprint: getPeerCertificate?.call(socket).fingerprint256 ?? '',
    protocol: getProtocol?.call(socket) ?? null,
  };
}

/** An authority, and clients that it vouches for; all in PEM. */
export interface ClientAuthority {
  readonly certificate: string;
  client(commonName: string): Promise<{ readonly cert: string; readonly key: string }>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** Makes an authority for client certificates. */
export async function makeClientAuthority(name: string): Promise<ClientAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const own = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  const client = async (commonName: string) => {
    const clientKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${commonName}`,
      issuer: own.subject,
      publicKey: clientKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new ExtendedKeyUsageExtension([clientAuthentication])],
    });
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', clientKeys.privateKey);
    const key = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(pkcs8).toString('base64')}\n-----END PRIVATE KEY-----\n`;
    return { cert: certificate.toString('pem'), key };
  };
  return { certificate: own.toString('pem'), client };
}
