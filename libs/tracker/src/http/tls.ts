import type { SecureContextOptions, TlsOptions } from 'node:tls';

import { keepServerCertificate, readAuthorities, readServerCertificate, type ServerCertificate } from '@weir/tls';

import type { TlsPlan } from '../security-plan';

/** What a server shows and believes, read from its files. */
export interface TlsIdentity {
  readonly certificate: ServerCertificate;
  /** What `setSecureContext` takes, too. */
  readonly context: SecureContextOptions;
}

/**
 * RFC 7846 section 6.1 asks for the best practice of TLS, today that of RFC 9325: TLS 1.2 at the least, and with it
 * cipher suites of forward secrecy that authenticate what they encrypt.
 */
const ciphers =
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:' +
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:' +
  'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';

/** Reads the planned files, and makes a certificate where the plan says so. Rejects with a `TlsError`. */
export async function readIdentity(plan: TlsPlan, host: string): Promise<TlsIdentity> {
  const certificate = plan.selfSigned
    ? await keepServerCertificate(plan.files, selfSignedHosts(host))
    : await readServerCertificate(plan.files);
  const ca = plan.clientCaFile === undefined ? undefined : await readAuthorities(plan.clientCaFile);
  const context = { cert: certificate.certificate, key: certificate.key, minVersion: 'TLSv1.2', ciphers } as const;
  return { certificate, context: ca === undefined ? context : { ...context, ca } };
}

/** The files that a server's identity is read from. */
export function identityFiles({ files, clientCaFile }: TlsPlan): readonly string[] {
  return [files.certificateFile, files.keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])];
}

/** A server's options for the plan. */
export function tlsOptions({ clientCertificates }: TlsPlan, { context }: TlsIdentity): TlsOptions {
  return {
    ...context,
    requestCert: clientCertificates !== 'off',
    rejectUnauthorized: clientCertificates === 'require',
  };
}

/** The names of a trial: this machine's own, and the address that the tracker listens on. */
function selfSignedHosts(host: string): readonly string[] {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return [...new Set(['localhost', '127.0.0.1', '::1', ...(isEverywhere ? [] : [host])])];
}
