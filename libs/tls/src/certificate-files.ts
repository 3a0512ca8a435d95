import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';

import { TlsError } from './errors';
import { type CertificateTexts, makeSelfSigned } from './self-signed';

/** Where a server's certificate and its key are, in PEM. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate that a TLS server can show, and what its operator wants to know of it. */
export interface ServerCertificate extends CertificateTexts {
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
  /** When it ends: milliseconds since 1970. */
  readonly notAfter: number;
}

/** Reads a certificate and its key. Rejects with a `TlsError`, too if they do not fit. */
export async function readServerCertificate(files: CertificateFiles): Promise<ServerCertificate> {
  const { certificateFile, keyFile } = files;
  const [certificate, key] = await Promise.all([read(certificateFile), read(keyFile)]);
  const own = parsed(certificateFile, 'a certificate in PEM', () => new X509Certificate(certificate));
  const secret = parsed(keyFile, 'a private key in PEM without a password', () => createPrivateKey(key));
  if (!own.checkPrivateKey(secret)) {
    const remedy = "put the two of one issue side by side, the server's own certificate first in its file";
    throw invalid(keyFile, `is not the key of ${certificateFile}: ${remedy}`);
  }
  parsed(certificateFile, 'a chain of certificates that TLS can use', () =>
    createSecureContext({ cert: certificate, key }),
  );
  return { certificate, key, fingerprint: own.fingerprint256, notAfter: Date.parse(own.validTo) };
}

/**
 * Reads a certificate and its key, or makes one that signs itself if neither is there. Only the process's own user may
 * read the key. Rejects with a `TlsError`, too if one of the files is there alone.
 */
export async function keepServerCertificate(
  files: CertificateFiles,
  hosts: readonly string[],
): Promise<ServerCertificate> {
  const { certificateFile, keyFile } = files;
  const [hasCertificate, hasKey] = await Promise.all([exists(certificateFile), exists(keyFile)]);
  if (hasCertificate || hasKey) return readServerCertificate(files);
  const made = await makeSelfSigned(hosts);
  await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 }).catch((cause: unknown) => unusable(keyFile, cause));
  await create(keyFile, made.key, 0o600);
  await create(certificateFile, made.certificate, 0o644);
  return readServerCertificate(files);
}

/** Reads the certificates of authorities, in PEM. Rejects with a `TlsError` if one of them is none. */
export async function readAuthorities(path: string): Promise<string> {
  const text = await read(path);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw invalid(path, 'holds no certificate in PEM: name the file of the authorities');
  for (const block of blocks) parsed(path, 'certificates in PEM', () => new X509Certificate(block));
  return text;
}

/** Never over another's: two servers that start at a time do not share a certificate by halves. */
function create(path: string, text: string, mode: number): Promise<void> {
  return writeFile(path, text, { mode, flag: 'wx', flush: true }).catch((cause: unknown) => unusable(path, cause));
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => unusable(path, cause));
}

function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    (cause: unknown) => codeOf(cause) !== 'ENOENT',
  );
}

/** What the platform's parser says of a file may quote it: the cause stays out of the message. */
function parsed<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw invalid(path, `is not ${what}: name another file, or write it anew`, cause);
  }
}

function invalid(path: string, problem: string, cause?: unknown): TlsError {
  return new TlsError('TLS_FILE_INVALID', `${path} ${problem}`, { path }, { cause });
}

function unusable(path: string, cause: unknown): never {
  const reason = codeOf(cause);
  const message = `${path} cannot be used for TLS (${reason}): put it there, or allow it to this process's user`;
  throw new TlsError('TLS_FILE_UNUSABLE', message, { path, reason }, { cause });
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
}
