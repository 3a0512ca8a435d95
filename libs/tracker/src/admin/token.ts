import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { invalid } from '../plan-values';
import { limits } from './limits';

const tokenBytes = 32;

/** What a file's mode lets others than its owner and who may read for him do. */
const openToOthers = 0o027;

/**
 * The token in a file, which others than its owner and his group may not read; it is made if there is none, for the process's own user alone. Rejects with
 * `TRACKER_SETTING_INVALID`, which names the file and nothing that is in it.
 */
export async function keepToken(path: string): Promise<string> {
  const made = randomBytes(tokenBytes).toString('base64url');
  const text = await readFile(path, 'utf8').catch(async (cause: unknown) => {
    if (codeOf(cause) !== 'ENOENT') throw unusable(path, codeOf(cause));
    await make(path, `${made}\n`);
    return made;
  });
  await mustBeSecret(path);
  const token = text.trim();
  const { tokenCharsMin, tokenCharsMax } = limits;
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= tokenCharsMin && token.length <= tokenCharsMax) return token;
  const remedy = `write ${tokenCharsMin} to ${tokenCharsMax} visible ASCII characters into it, or remove it to have one made`;
  throw invalid('admin.tokenFile', path, remedy);
}

async function mustBeSecret(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & openToOthers) === 0) return;
  const remedy =
    'others than its owner could read or change it: chmod 600 (or 640 for a group that may read it), and write a new token if others are there';
  throw invalid('admin.tokenFile', path, remedy);
}

async function make(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    throw unusable(path, codeOf(cause));
  }
}

function unusable(path: string, reason: string) {
  return invalid('admin.tokenFile', path, `it cannot be used (${reason}); allow it, or name another`);
}

function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
}
