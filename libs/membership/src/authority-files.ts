import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MembershipError } from './errors';
import { makeAuthority, type Authority } from './issuer';
import { MembershipVerifier } from './verifier';

/** Where an authority is kept. The certificate is what peers need; the key is secret. */
export interface AuthorityFiles {
  readonly keyFile: string;
  readonly certificateFile: string;
}

/** The files of an authority that has a directory of its own. */
export function authorityFilesIn(directory: string): AuthorityFiles {
  return { keyFile: join(directory, 'membership-key.pem'), certificateFile: join(directory, 'membership-ca.pem') };
}

/** Reads an authority. Rejects with `MEMBERSHIP_FILE_UNUSABLE`, which names the file and nothing that is in it. */
export async function readAuthority({ keyFile, certificateFile }: AuthorityFiles): Promise<Authority> {
  return { key: await read(keyFile), certificate: await read(certificateFile) };
}

/** Reads what certificates are verified against, in PEM, and proves that it can be. Rejects with a `MembershipError`. */
export async function readAuthorityCertificate(path: string): Promise<string> {
  const certificate = await read(path);
  new MembershipVerifier([certificate]);
  return certificate;
}

/**
 * Reads the authority in a directory, or makes one there if there is none. Only the process's own user may read the key.
 * Rejects with `MEMBERSHIP_FILE_UNUSABLE`, too if one of the two files is there alone: a new key would not fit the
 * certificate that peers trust.
 */
export async function keepAuthority(directory: string, name: string): Promise<Authority> {
  const files = authorityFilesIn(directory);
  const [hasKey, hasCertificate] = await Promise.all([exists(files.keyFile), exists(files.certificateFile)]);
  if (hasKey || hasCertificate) return readAuthority(files);
  const authority = await makeAuthority(name);
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => unusable(directory, cause));
  await create(files.keyFile, authority.key, 0o600);
  await create(files.certificateFile, authority.certificate, 0o644);
  return authority;
}

/** Never over another's: two trackers that start at a time do not share an authority by halves. */
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

function unusable(path: string, cause: unknown): never {
  const reason = codeOf(cause);
  const message = `${path}, of the membership authority, cannot be used (${reason}): allow it, put it back, or remove what else is in its directory to make a new authority`;
  throw new MembershipError('MEMBERSHIP_FILE_UNUSABLE', message, { path, reason }, { cause });
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
}
