import { readFile, rename, writeFile } from 'node:fs/promises';
import { ha1 } from '@weir/digest';
import { UsageError } from '../errors';

/** A user of a tracker, and the realm that the tracker names. */
export interface TrackerUser {
  readonly name: string;
  readonly realm: string;
}

/**
 * Writes a user's line into a users file, or takes it out where there is no password; all other lines stay. The file is
 * replaced at once, for its owner alone to read: a tracker never reads a half. Answers whether there was such a line.
 * Rejects with a `UsageError`.
 */
export async function keepUser(path: string, user: TrackerUser, password: string | undefined): Promise<boolean> {
  const { realm } = user;
  const name = user.name.normalize('NFC');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return '';
    throw unusable(path, cause);
  });
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const others = lines.filter((line) => !line.startsWith(`${name}:${realm}:`));
  if (password === undefined && others.length === lines.length) return false;
  const kept = password === undefined ? others : [...others, `${name}:${realm}:${ha1(name, realm, password)}`];
  const aside = `${path}.new`;
  try {
    await writeFile(aside, kept.map((line) => `${line}\n`).join(''), { mode: 0o600, flush: true });
    await rename(aside, path);
  } catch (cause) {
    throw unusable(path, cause);
  }
  return others.length < lines.length;
}

function unusable(path: string, cause: unknown): UsageError {
  return new UsageError(
    `--users ${JSON.stringify(path)}: it cannot be used (${codeOf(cause)}); name another, or allow it`,
  );
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
}
