import * as fc from 'fast-check';

import { formatIp, normalIp, parseIp, parsePrefix, prefixContains } from './ip';
import { addressScope, type AddressScope, peerIpUsable } from './scope';

describe('addresses as text', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
    ['1::', '1::'],
    // RFC 5952 sections 4.2.2 and 4.2.3.
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
  ])('reads %s as %s', (text, normal) => expect(normalIp(text)).toBe(normal));

  it.each([
    ...['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '0x1.2.3.4', 'localhost'],
    ...[':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::', '::1%lo', '[::1]'],
    ...['1:2:3:4:5:6:7::8', '1.2.3.4::', '::1.2.3.4:5', '1:2:3:4:5:6:7:1.2.3.4', ':1:2:3:4:5:6:7:8'],
    '1'.repeat(1000),
  ])('refuses %j', (text) => expect(parseIp(text)).toBeUndefined());

  it('round-trips any address', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(4), bytes(16)), (ip) => {
        fc.pre(!formatIp(ip).startsWith('::ffff:'));
        expect(parseIp(formatIp(ip))).toEqual(ip);
      }),
    );
  });

  it('reads every form that the platform takes for an IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(parseIp(text)).toEqual(parseIp(host));
        expect(parseIp(text)).toBeDefined();
      }),
    );
  });
});

describe('prefixes', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::/0', '2001:db8::1', true],
  ])('%s contains %s: %s', (prefix, ip, expected) => {
    const parsed = parsePrefix(prefix);
    const address = parseIp(ip);
    expect(parsed && address && prefixContains(parsed, address)).toBe(expected);
  });

  it.each(['192.0.2.0/33', '::/129', '192.0.2.0/', '/8', '10/8', '192.0.2.0/08', 'ten/8'])('refuses %s', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it('agrees with a comparison bit by bit', () => {
    fc.assert(
      fc.property(bytes(4), bytes(4), fc.nat({ max: 32 }), (one, other, length) => {
        const bits = (ip: readonly number[]) => ip.map((byte) => byte.toString(2).padStart(8, '0')).join('');
        const same = bits(one).slice(0, length) === bits(other).slice(0, length);
        expect(prefixContains({ bytes: one, length }, other)).toBe(same);
      }),
    );
  });
});

describe('scopes', () => {
  const examples: Record<AddressScope, readonly string[]> = {
    unicast: [
      ...['192.0.2.1', '10.1.2.3', '100.64.0.1', '2001:db8::1', 'fd00::1'],
      // Of addresses that peers have.
      ...[
        '64:ff9b::192.0.2.1',
        '64:ff9b:1::192.0.2.1',
        '64:ff9b:1:c000:2:100::',
        '2002:c000:201::1',
        '::ffff:0:192.0.2.1',
      ],
      ...['2001:0:c000:201::3fff:fdfe', '2001:db8::5efe:192.0.2.1', '2001:db8::5eff:127.0.0.1'],
    ],
    loopback: ['127.0.0.1', '127.3.0.1', '::1', '::ffff:127.0.0.1'],
    unspecified: ['0.0.0.0', '0.1.2.3', '::'],
    multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
    'link-local': ['169.254.169.254', 'fe80::1'],
    reserved: [
      ...['240.0.0.1', '255.255.255.255'],
      // IPv4-compatible, translated, NAT64, 6to4, Teredo's server and client, ISATAP: of addresses that no peer has.
      ...['::127.0.0.1', '::169.254.169.254', '::ffff:0:127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe'],
      ...['64:ff9b:1::127.0.0.1', '64:ff9b:1:7f00:0:100::', '2002:7f00:1::1', '2002:a9fe:a9fe::1', '2002:e000:1::1'],
      ...[
        '2001:0:7f00:1::3fff:fdfe',
        '2001:0:c000:201::80ff:fffe',
        'fd00::5efe:127.0.0.1',
        '2001:db8::200:5efe:127.0.0.1',
      ],
    ],
  };
  const cases = Object.entries(examples).flatMap(([scope, ips]) => ips.map((ip) => [ip, scope] as const));

  it.each(cases)('%s is %s', (ip, scope) => {
    expect(addressScope(parseIp(ip) ?? [])).toBe(scope);
    expect(peerIpUsable(ip, false)).toBe(scope === 'unicast');
    expect(peerIpUsable(ip, true)).toBe(scope === 'unicast' || scope === 'loopback');
  });

  it('has no use for a name', () => expect(peerIpUsable('localhost', true)).toBe(false));
});

function bytes(length: number) {
  return fc.array(fc.nat({ max: 255 }), { minLength: length, maxLength: length });
}
