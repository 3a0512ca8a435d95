import * as fc from 'fast-check';
import { type IpBytes, parseIp, parsePrefix, type Prefix, prefixContains } from '../address/ip';
import { PrefixTable } from './prefix-table';

const prefix = (text: string): Prefix => {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
};
const table = new PrefixTable([
  [prefix('10.0.0.0/8'), 'ten'],
  [prefix('10.1.0.0/16'), 'ten-one'],
  [prefix('10.1.255.255'), 'last'],
  [prefix('255.255.255.255'), 'broadcast'],
  [prefix('2001:db8::/32'), 'documentation'],
  [prefix('2001:db8:0:1::/64'), 'lan'],
  [prefix('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), 'end'],
]);

describe('a table of prefixes', () => {
  it.each([
    ['9.255.255.255', undefined],
    ['10.0.0.0', 'ten'],
    ['10.1.0.0', 'ten-one'],
    ['10.1.255.254', 'ten-one'],
    ['10.1.255.255', 'last'],
    ['10.2.0.0', 'ten'],
    ['10.255.255.255', 'ten'],
    ['11.0.0.0', undefined],
    ['255.255.255.255', 'broadcast'],
    ['2001:db8::', 'documentation'],
    ['2001:db8:0:1:ffff::1', 'lan'],
    ['2001:db8:0:2::', 'documentation'],
    ['2001:db9::', undefined],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'end'],
    ['::', undefined],
  ])('has for %s the value of the longest prefix: %s', (ip, value) => {
    expect(table.find(parseIp(ip) ?? [])).toBe(value);
  });

  it('is empty without entries', () => {
    expect(new PrefixTable([]).find([10, 0, 0, 1])).toBeUndefined();
  });

  it('has the later one of two entries with one prefix', () => {
    const twice = new PrefixTable([
      [prefix('10.0.0.0/8'), 'one'],
      [prefix('10.9.9.9/8'), 'two'],
    ]);
    expect(twice.find([10, 0, 0, 1])).toBe('two');
  });

  it('finds what a search through all entries finds', () => {
    const ipOf = (size: number) => fc.array(fc.constantFrom(0, 1, 127, 128, 255), { minLength: size, maxLength: size });
    const anyIp = fc.oneof(ipOf(4), ipOf(16));
    const anyPrefix = anyIp.chain((bytes) =>
      fc.nat({ max: bytes.length * 8 }).map((length): Prefix => ({ bytes, length })),
    );
    fc.assert(
      fc.property(fc.array(anyPrefix, { maxLength: 40 }), fc.array(anyIp, { minLength: 1 }), (known, asked) => {
        const entries = known.map((entry, at) => [entry, at] as const);
        const built = new PrefixTable(entries);
        for (const ip of [...asked, ...known.map(({ bytes }) => bytes)])
          expect(built.find(ip)).toBe(longest(entries, ip));
      }),
    );
  });
});

function longest(entries: readonly (readonly [Prefix, number])[], ip: IpBytes): number | undefined {
  const holding = entries.filter(([entry]) => prefixContains(entry, ip));
  return holding.toSorted(([one, at], [other, later]) => other.length - one.length || later - at)[0]?.[1];
}
