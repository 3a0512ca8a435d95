import { readFile } from 'node:fs/promises';

import { userHash } from '@weir/digest';

import { TrackerError } from '../errors';

/** What a users file says: H(A1) by user, and users by the hash of their name. RFC 7616 sections 3.4.2 and 3.4.4. */
export interface Users {
  readonly ha1ByUser: ReadonlyMap<string, string>;
  readonly userByHash: ReadonlyMap<string, string>;
}

/**
 * Reads lines of `USER:REALM:HASH`; empty ones and those that begin with `#` say nothing. Rejects with
 * `TRACKER_FILE_INVALID`, which names the line and nothing that is in it.
 */
export async function readUsers(path: string, realm: string): Promise<Users> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const reason = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
    throw invalid(path, `cannot be read (${reason}): put it there, or allow it to this process's user`, cause);
  });
  const ha1ByUser = new Map<string, string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, user = '', ofRealm, hash = ''] = /^([^:]+):([^:]*):([0-9a-f]{64})$/i.exec(line) ?? [];
    const place = `line ${String(at + 1)}`;
    if (hash === '') throw invalid(path, `${place} is not USER:REALM:HASH, the hash 64 digits in hex: write it anew`);
    if (ofRealm !== realm) throw invalid(path, `${place} is of another realm than "${realm}": write it anew`);
    ha1ByUser.set(user.normalize('NFC'), hash.toLowerCase());
  }
  const userByHash = new Map([...ha1ByUser.keys()].map((user) => [userHash(user, realm), user]));
  return { ha1ByUser, userByHash };
}

function invalid(path: string, problem: string, cause?: unknown): TrackerError {
  return new TrackerError('TRACKER_FILE_INVALID', `users file ${path}: ${problem}`, { path }, { cause });
}
