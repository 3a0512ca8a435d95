import { readFileSync } from 'node:fs';
import { parsePrefix, prefixContains, type Prefix as IpPrefix } from '@weir/ppspp';
import { parseAsn } from './autonomous-system';
import { troubleOf } from './file-trouble';
import type { Parsed } from './parsed';

/** Which autonomous system a network belongs to. */
export type NetworkOrigin = readonly [prefix: IpPrefix, asn: number];

/** The whole table of the Internet has a million; more is a mistake, and would not fit. */
const entriesMax = 4_000_000;

/**
 * Reads a file of lines `PREFIX,ASN`, as tables of routes are published. Empty lines, those that begin with `#` and a heading of
 * column names say nothing. A line that cannot be read is refused rather than skipped: a table that is half read would misjudge.
 */
export function readAsnFile(path: string): Parsed<readonly NetworkOrigin[]> {
  try {
    return parseAsnTable(readFileSync(path, 'utf8'));
  } catch (cause) {
    return { remedy: `it cannot be read (${troubleOf(cause)}): mend the path, or the file's permissions` };
  }
}

/** As `readAsnFile`, of what stands in the file. */
export function parseAsnTable(content: string): Parsed<readonly NetworkOrigin[]> {
  const origins: NetworkOrigin[] = [];
  let number = 0;
  for (const line of content.split('\n')) {
    number++;
    if (isSilent(line, number)) continue;
    const origin = originOf(line);
    if (origin === undefined)
      return { remedy: `line ${String(number)} is no PREFIX,ASN such as 198.51.100.0/24,64500` };
    if (origins.push(origin) > entriesMax)
      return { remedy: `it has more than ${String(entriesMax)} lines: write another` };
  }
  return { value: origins };
}

function isSilent(line: string, number: number): boolean {
  return /^\s*(?:#|$)/.test(line) || (number === 1 && /^\s*"?[a-z_ ]+"?\s*,/i.test(line));
}

function originOf(line: string): NetworkOrigin | undefined {
  const [prefix = '', asn = ''] = line.replaceAll('"', '').split(',');
  const network = parsePrefix(prefix.trim());
  const origin = parseAsn(asn);
  return network === undefined || !('value' in origin) ? undefined : [network, origin.value];
}

/**
 * Those networks that lie in one of `systems`, and those within them that do not: enough to tell of every address whether it is in one.
 * Of a table of the Internet that is a fraction.
 */
export function networksOf(origins: readonly NetworkOrigin[], systems: ReadonlySet<number>): readonly NetworkOrigin[] {
  const relevant: NetworkOrigin[] = [];
  const around: IpPrefix[] = [];
  for (const origin of [...origins].sort(([one], [other]) => compare(one, other))) {
    const [prefix, asn] = origin;
    for (let top = around.at(-1); top !== undefined && !holds(top, prefix); top = around.at(-1)) around.pop();
    if (systems.has(asn)) around.push(prefix);
    if (around.length > 0) relevant.push(origin);
  }
  return relevant;
}

/** IPv4 before IPv6, by address, the wider first. */
function compare(one: IpPrefix, other: IpPrefix): number {
  if (one.bytes.length !== other.bytes.length) return one.bytes.length - other.bytes.length;
  for (const [at, byte] of one.bytes.entries()) {
    const difference = byte - (other.bytes[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function holds(wider: IpPrefix, narrower: IpPrefix): boolean {
  return wider.length <= narrower.length && prefixContains(wider, narrower.bytes);
}
