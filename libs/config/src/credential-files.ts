import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { troubleOf } from './file-trouble';
import { type Parsed } from './parsed';
import { Secret } from './secret';

/** Bytes of a file that is read whole: a chain of certificates is a few thousand, a password fewer. */
const fileBytesMax = 262_144;

/** Permissions of anybody who is neither the owner nor of the group. */
const othersMode = 0o007;
/** Permission of the group to write. */
const groupWriteMode = 0o020;

/** Certificates in PEM, of an authority or our own. */
export function readCertificates(path: string): Parsed<string> {
  const file = readText(path);
  if ('remedy' in file) return file;
  if (isCertificate(file.value)) return file;
  return { remedy: 'it holds no certificate: write the path of a file in PEM' };
}

/** A private key in PEM that only its owner, and his group, can read. */
export function readKey(path: string): Parsed<Secret> {
  const file = readSecretText(path);
  if ('remedy' in file) return file;
  if (isKey(file.value)) return { value: new Secret(file.value) };
  return { remedy: 'it holds no private key without a passphrase: write the path of a file in PEM' };
}

/** The first line of a file that only its owner, and his group, can read. */
export function readPassword(path: string): Parsed<Secret> {
  const file = readSecretText(path);
  if ('remedy' in file) return file;
  const [line = ''] = file.value.split(/\r?\n/);
  if (line !== '') return { value: new Secret(line) };
  return { remedy: 'its first line is empty: write the password there' };
}

/** Whether the key is that of the first of the certificates. */
export function areOnePair(certificates: string, key: Secret): boolean {
  return new X509Certificate(certificates).checkPrivateKey(createPrivateKey(key.reveal()));
}

function readSecretText(path: string): Parsed<string> {
  const file = readText(path);
  if ('remedy' in file) return file;
  const { mode } = statSync(path);
  if ((mode & (othersMode | groupWriteMode)) === 0) return file;
  return { remedy: 'others than its owner could read or change it: chmod 600 (or 640 for a group that may read it)' };
}

/** What is not there, is no file, or is no text of bounded size comes back as the remedy. */
function readText(path: string): Parsed<string> {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { remedy: 'it is no file: write the path of one' };
    if (stats.size > fileBytesMax) return { remedy: `it is larger than ${String(fileBytesMax)} bytes: write another` };
    return { value: readFileSync(path, 'utf8') };
  } catch (cause) {
    return { remedy: `it cannot be read (${troubleOf(cause)}): mend the path, or the file's permissions` };
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256.length > 0;
  } catch {
    return false;
  }
}

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}
