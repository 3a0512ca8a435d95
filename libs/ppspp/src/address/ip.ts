/**
 * IP addresses in their textual forms, which PPSTP carries (RFC 7846 section 3.2.4), and prefixes over them. Pure, so
 * that tracker and peer judge addresses alike.
 */

/** The bytes of an address: 4 for IPv4, 16 for IPv6. */
export type IpBytes = readonly number[];

/** Every address whose first `length` bits are those of `bytes`. */
export interface Prefix {
  readonly bytes: IpBytes;
  readonly length: number;
}

/** Longest text of an address: an IPv6 address with an IPv4 address at its end. Spares the patterns long input. */
const ipCharsMax = 45;

const ipv4Pattern = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const wordPattern = /^[0-9a-f]{1,4}$/i;
const prefixPattern = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/;

/**
 * Reads the text of an address: IPv4 as the "IPv4address" rule of RFC 3986 section 3.2.2, any form of IPv6, no zone.
 * An IPv4-mapped IPv6 address becomes the IPv4 address that it maps. Undefined for anything else.
 */
export function parseIp(text: string): IpBytes | undefined {
  if (text.length > ipCharsMax) return undefined;
  if (!text.includes(':')) return parseIpv4(text);
  const bytes = parseIpv6(text);
  return bytes !== undefined && startsWith(bytes, ipv4Mapped) ? bytes.slice(12) : bytes;
}

/** The text of an address: dotted decimal, or IPv6 as RFC 5952 section 4 has it. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, at) => (bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0));
  const { start, length } = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** One text for one address, as `formatIp` writes it; undefined if `text` is no address. */
export function normalIp(text: string): string | undefined {
  const bytes = parseIp(text);
  return bytes === undefined ? undefined : formatIp(bytes);
}

/** Reads `192.0.2.0/24` or `2001:db8::/32`; an address alone is the prefix of that address. Undefined if malformed. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, ip = '', digits] = prefixPattern.exec(text) ?? [];
  const bytes = parseIp(ip);
  if (bytes === undefined) return undefined;
  const length = digits === undefined ? bytes.length * 8 : Number(digits);
  return length <= bytes.length * 8 ? { bytes, length } : undefined;
}

/** Whether `ip` lies within the prefix. Never across families. */
export function prefixContains({ bytes, length }: Prefix, ip: IpBytes): boolean {
  if (bytes.length !== ip.length) return false;
  const whole = Math.floor(length / 8);
  for (let at = 0; at < whole; at++) if (bytes[at] !== ip[at]) return false;
  const step = 2 ** (8 - (length % 8));
  return step === 256 || Math.floor((bytes[whole] ?? 0) / step) === Math.floor((ip[whole] ?? 0) / step);
}

function parseIpv4(text: string): IpBytes | undefined {
  const octets = ipv4Pattern.exec(text)?.slice(1).map(Number);
  return octets?.every((octet) => octet < 256) === true ? octets : undefined;
}

function parseIpv6(text: string): IpBytes | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = parseWords(head, tail === undefined);
  if (tail === undefined) return before?.length === 16 ? before : undefined;
  const after = parseWords(tail, true);
  if (before === undefined || after === undefined) return undefined;
  // RFC 4291 section 2.2: "::" stands for one or more groups of zeros.
  const zeros = 16 - before.length - after.length;
  return zeros >= 2 ? [...before, ...Array<number>(zeros).fill(0), ...after] : undefined;
}

/** Groups of an IPv6 address; only the last of the address may be an IPv4 address. */
function parseWords(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const embedded = atEnd && at === groups.length - 1 ? parseIpv4(group) : undefined;
    if (embedded !== undefined) bytes.push(...embedded);
    else if (wordPattern.test(group)) bytes.push(Math.floor(parseInt(group, 16) / 256), parseInt(group, 16) % 256);
    else return undefined;
  }
  return bytes;
}

/** The first of the longest runs of zero words (RFC 5952 section 4.2.3). */
function longestZeros(words: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [at, word] of words.entries()) {
    length = word === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: at - length + 1, length };
  }
  return longest;
}

const ipv4Mapped: IpBytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function startsWith(bytes: IpBytes, start: IpBytes): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}
