import { readFileSync } from 'node:fs';

import { parsePrefix, type Prefix, PrefixTable } from '@weir/ppspp';

import { TrackerError } from './errors';

/**
 * Reads a CSV of `PREFIX,ASN`, with or without `AS` before the number; empty lines and those that begin with `#` say
 * nothing, nor does a first line of headings. Throws `TRACKER_FILE_INVALID`, which names the line.
 */
export function readAsns(path: string): PrefixTable<string> {
  const entries: [Prefix, string][] = [];
  for (const [at, line] of read(path).split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, text = '', number = ''] = /^\s*([^,\s]+)\s*,\s*(?:AS)?(\d{1,10})\s*(?:,.*)?$/i.exec(line) ?? [];
    const prefix = parsePrefix(text);
    if (prefix !== undefined) entries.push([prefix, String(Number(number))]);
    else if (at > 0)
      throw invalid(path, `line ${String(at + 1)} is not PREFIX,ASN, as 192.0.2.0/24,64496: write it anew`);
  }
  return new PrefixTable(entries);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw invalid(path, `cannot be read (${reason}): put it there, or allow it to this process's user`, cause);
  }
}

function invalid(path: string, problem: string, cause?: unknown): TrackerError {
  return new TrackerError('TRACKER_FILE_INVALID', `file of AS numbers ${path}: ${problem}`, { path }, { cause });
}
