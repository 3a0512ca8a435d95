import { dualStackIp, normalisedIp } from './address';

it.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['fe80::1%eth0.7', 'fe80::1%eth0.7'],
  ['::ffff:0:0', '::ffff:0:0'],
  ['::', '::'],
])('keeps %s as %s', (ip, kept) => {
  expect(normalisedIp(ip)).toBe(kept);
});

it('maps IPv4 alone for a dual-stack socket', () => {
  expect(dualStackIp('192.0.2.1')).toBe('::ffff:192.0.2.1');
  expect(dualStackIp('fe80::1%eth0')).toBe('fe80::1%eth0');
  expect(normalisedIp(dualStackIp('198.51.100.7'))).toBe('198.51.100.7');
});
