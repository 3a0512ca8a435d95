import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { parsePrefix, type Prefix } from './prefix';

it.each<[string, Prefix]>([
  ['10.0.0.0/8', { ip: '10.0.0.0', length: 8, family: 'ipv4' }],
  ['100.64.0.0/10', { ip: '100.64.0.0', length: 10, family: 'ipv4' }],
  ['192.0.2.1/32', { ip: '192.0.2.1', length: 32, family: 'ipv4' }],
  ['0.0.0.0/0', { ip: '0.0.0.0', length: 0, family: 'ipv4' }],
  ['2001:DB8:0:0::/32', { ip: '2001:db8::', length: 32, family: 'ipv6' }],
  ['::/0', { ip: '::', length: 0, family: 'ipv6' }],
  ['2001:db8::1/128', { ip: '2001:db8::1', length: 128, family: 'ipv6' }],
  ['64:ff9b::192.0.2.0/120', { ip: '64:ff9b::c000:200', length: 120, family: 'ipv6' }],
])('reads %s', (text, value) => {
  expect(parsePrefix(text)).toEqual({ value });
});

it.each([
  ['', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['10.0.0.0/33', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['::/129', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['isp.example/8', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['fe80::1%eth0/64', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['10.0.0.0/', 'write IP/LENGTH, such as 100.64.0.0/10 or 2001:db8::/32'],
  ['192.0.2.1', 'write 192.0.2.1/32 for one address'],
  ['2001:db8::1', 'write 2001:db8::1/128 for one address'],
  ['10.1.2.3/8', 'write 10.0.0.0/8'],
  ['2001:db8::1/33', 'write 2001:db8::/33'],
  ['::ffff:10.0.0.0/104', 'write an IPv4 prefix as such, without ::ffff:'],
])('answers %j with: %s', (text, remedy) => {
  expect(parsePrefix(text)).toEqual({ remedy });
});

/** Whatever its host bits, an address leads to the prefix that it lies in: read at once, or by following the remedy. */
it('agrees with the platform on which addresses a prefix holds', () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6()).filter((ip) => !/^(?:0+:|:)(?:0*:)*ffff:/i.test(ip));
  fc.assert(
    fc.property(addresses, fc.nat(128), (ip, bits) => {
      const length = isIPv4(ip) ? bits % 33 : bits;
      const prefix = followed(`${ip}/${length}`);
      const list = new BlockList();
      list.addSubnet(prefix.ip, prefix.length, prefix.family);
      expect(prefix.length).toBe(length);
      expect(list.check(ip, prefix.family)).toBe(true);
      expect(parsePrefix(`${prefix.ip}/${length}`)).toEqual({ value: prefix });
    }),
  );
});

function followed(text: string): Prefix {
  const parsed = parsePrefix(text);
  return 'value' in parsed ? parsed.value : followed(parsed.remedy.replace('write ', ''));
}
