import type { IpBytes, Prefix } from '../address/ip';

/**
 * What is known of networks: the value of the longest prefix that an address lies within. Made once of any number of
 * entries, IPv4 and IPv6 apart. The table holds disjoint ranges in sorted columns of numbers, so that a million entries
 * take some tens of megabytes, and a look-up is a binary search that allocates nothing but the words of its address.
 */
export class PrefixTable<Value> {
  private readonly ipv4: Ranges<Value>;
  private readonly ipv6: Ranges<Value>;

  /** Of two entries with one prefix the later counts. Bits of a prefix beyond its length are of no account. */
  constructor(entries: Iterable<readonly [Prefix, Value]>) {
    const spans: Span<Value>[] = [];
    for (const [prefix, value] of entries) spans.push(spanOf(prefix, value));
    this.ipv4 = new Ranges(spans.filter(({ bytes }) => bytes === 4));
    this.ipv6 = new Ranges(spans.filter(({ bytes }) => bytes === 16));
  }

  /** The value of the longest prefix that holds the address; undefined if none does. */
  find(ip: IpBytes): Value | undefined {
    return (ip.length === 4 ? this.ipv4 : this.ipv6).find(wordsOf(ip));
  }
}

/** An address as three words of 48, 48 and 32 bits, which numbers hold exactly; IPv4 has the last word alone. */
type Words = readonly [number, number, number];

/** The addresses of one entry, both ends included. */
interface Span<Value> {
  readonly bytes: number;
  readonly length: number;
  readonly first: Words;
  readonly last: Words;
  readonly value: Value;
}

/** Disjoint ranges of one family: each goes from its start up to the next one's. */
class Ranges<Value> {
  private readonly high: Float64Array;
  private readonly middle: Float64Array;
  private readonly low: Float64Array;
  private readonly values: readonly (Value | undefined)[];

  constructor(spans: Span<Value>[]) {
    const { starts, values } = flatten(spans);
    this.high = column(starts, 0);
    this.middle = column(starts, 1);
    this.low = column(starts, 2);
    this.values = values;
  }

  find(words: Words): Value | undefined {
    let from = 0;
    let to = this.values.length;
    while (from < to) {
      const at = Math.floor((from + to) / 2);
      if (this.isAfter(at, words)) to = at;
      else from = at + 1;
    }
    return this.values[from - 1];
  }

  private isAfter(at: number, [high, middle, low]: Words): boolean {
    const difference = (this.high[at] ?? 0) - high || (this.middle[at] ?? 0) - middle || (this.low[at] ?? 0) - low;
    return difference > 0;
  }
}

/** One word of each start; empty, which reads as zeros, where all are zero: so IPv4 costs a third. */
function column(starts: readonly Words[], at: 0 | 1 | 2): Float64Array {
  return starts.some((start) => start[at] !== 0)
    ? Float64Array.from(starts, (start) => start[at])
    : new Float64Array(0);
}

/** Sweeps over nested spans, the outer ones first; a span that ends gives way to the one that it lies in. */
function flatten<Value>(spans: Span<Value>[]) {
  const starts: Words[] = [];
  const values: (Value | undefined)[] = [];
  const open: Span<Value>[] = [];
  const begin = (start: Words, value: Value | undefined): void => {
    const previous = starts.at(-1);
    if (previous !== undefined && compare(previous, start) === 0) values[values.length - 1] = value;
    else values[starts.push(start) - 1] = value;
  };
  const closeBefore = (start: Words | undefined): void => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (start !== undefined && compare(top.last, start) >= 0) return;
      open.pop();
      const next = successor(top.last);
      if (next !== undefined) begin(next, open.at(-1)?.value);
    }
  };
  spans.sort((one, other) => compare(one.first, other.first) || one.length - other.length);
  for (const span of spans) {
    closeBefore(span.first);
    begin(span.first, span.value);
    open.push(span);
  }
  closeBefore(undefined);
  return { starts, values };
}

const wordBits = [48, 48, 32] as const;

function spanOf<Value>({ bytes, length }: Prefix, value: Value): Span<Value> {
  const ends = (fill: number): Words => wordsOf(bytes.map((byte, at) => filled(byte, length - 8 * at, fill)));
  return { bytes: bytes.length, length, first: ends(0), last: ends(1), value };
}

/** The byte with all but its first `kept` bits set to `fill`. */
function filled(byte: number, kept: number, fill: number): number {
  if (kept >= 8) return byte;
  const step = 2 ** (8 - Math.max(0, kept));
  return Math.floor(byte / step) * step + fill * (step - 1);
}

function wordsOf(ip: IpBytes): Words {
  if (ip.length === 4) return [0, 0, word(ip, 0, 4)];
  return [word(ip, 0, 6), word(ip, 6, 12), word(ip, 12, 16)];
}

function word(ip: IpBytes, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 256 + (ip[at] ?? 0);
  return value;
}

function compare(one: Words, other: Words): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

/** The next address; undefined after the last. */
function successor([high, middle, low]: Words): Words | undefined {
  if (low + 1 < 2 ** wordBits[2]) return [high, middle, low + 1];
  if (middle + 1 < 2 ** wordBits[1]) return [high, middle + 1, 0];
  return high + 1 < 2 ** wordBits[0] ? [high + 1, 0, 0] : undefined;
}
