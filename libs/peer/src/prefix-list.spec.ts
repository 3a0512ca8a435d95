import { portFor } from './port-choice';
import { PrefixList } from './prefix-list';

describe('PrefixList', () => {
  const list = new PrefixList([
    { ip: '198.51.100.0', length: 24, family: 'ipv4' },
    { ip: '2001:db8::', length: 32, family: 'ipv6' },
  ]);

  it.each([
    ['198.51.100.0', true],
    ['198.51.100.255', true],
    ['198.51.101.0', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['::1', false],
  ])('%s: %s', (ip, expected) => {
    expect(list.has({ ip, port: 6778 })).toBe(expected);
  });

  it('has nobody without a prefix', () => {
    expect(new PrefixList([]).has({ ip: '127.0.0.1', port: 1 })).toBe(false);
  });
});

describe('portFor', () => {
  const ipv4 = { ip: '127.0.0.1', port: 1 };
  const ipv6 = { ip: '::1', port: 2 };
  const dual = { ip: '::', port: 3 };

  it.each([
    { to: '127.0.0.9', locals: [ipv6, ipv4], index: 1 },
    { to: '2001:db8::9', locals: [ipv4, ipv6], index: 1 },
    { to: '127.0.0.9', locals: [dual], index: 0 },
    { to: '127.0.0.9', locals: [ipv6, dual], index: 1 },
  ])('reaches $to from $index', ({ to, locals, index }) => {
    expect(portFor({ ip: to, port: 6778 }, locals)).toBe(index);
  });
});
