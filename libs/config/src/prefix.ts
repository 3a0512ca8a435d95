import { isIP, isIPv4, SocketAddress } from 'node:net';
import type { Parsed } from './parsed';

/** A range of addresses, ready for `net.BlockList.addSubnet(ip, length, family)`. No bit of `ip` beyond `length` is set. */
export interface Prefix {
  /** Textual, in the form the platform prints. */
  readonly ip: string;
  readonly length: number;
  readonly family: 'ipv4' | 'ipv6';
}

const remedy = 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32';

/**
 * Reads `IP/LENGTH`. Bits set beyond the length are refused rather than cut, since they tell of a slip in one or the
 * other; so are IPv4-mapped prefixes, which would match nothing where addresses stand as IPv4.
 */
export function parsePrefix(text: string): Parsed<Prefix> {
  const [, ip = '', digits] = /^([^/%]*)\/(\d{1,3})$/.exec(text) ?? [];
  if (isIP(ip) === 0 && isIP(text) !== 0) return { remedy: `write ${text}/${isIPv4(text) ? 32 : 128} for one address` };
  const length = Number(digits);
  const words = addressWords(ip);
  if (words === undefined || digits === undefined || length > words.length * wordBits) return { remedy };
  const network = words.map((word, index) => maskWord(word, length - index * wordBits));
  if (isMapped(words)) return { remedy: 'write an IPv4 prefix as such, without ::ffff:' };
  const canonical = formatWords(network);
  if (words.some((word, index) => word !== network[index])) return { remedy: `write ${canonical}/${length}` };
  return { value: { ip: canonical, length, family: isIPv4(ip) ? 'ipv4' : 'ipv6' } };
}

const wordBits = 16;

/** An address as 16-bit words: two for IPv4, eight for IPv6. */
function addressWords(ip: string): readonly number[] | undefined {
  if (isIPv4(ip)) return pairs(ip.split('.').map(Number));
  if (isIP(ip) === 0) return undefined;
  const [head = '', tail] = withoutDots(ip).split('::');
  const before = hexWords(head);
  const after = hexWords(tail ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDots(ip: string): string {
  return ip.replace(/[\d.]+\.[\d.]+$/, (dotted) =>
    pairs(dotted.split('.').map(Number))
      .map((word) => word.toString(16))
      .join(':'),
  );
}

function hexWords(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
}

function pairs([a = 0, b = 0, c = 0, d = 0]: readonly number[]): readonly number[] {
  return [a * 256 + b, c * 256 + d];
}

/** The word's first `bits` bits, the others cleared. */
function maskWord(word: number, bits: number): number {
  const size = 2 ** Math.min(Math.max(wordBits - bits, 0), wordBits);
  return word - (word % size);
}

function isMapped(words: readonly number[]): boolean {
  return words.length === 8 && words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
}

function formatWords(words: readonly number[]): string {
  if (words.length === 2) return words.flatMap((word) => [Math.floor(word / 256), word % 256]).join('.');
  const address = words.map((word) => word.toString(16)).join(':');
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
