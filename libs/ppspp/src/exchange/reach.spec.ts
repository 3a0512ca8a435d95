import * as fc from 'fast-check';
import { isNear, mayCross, reachOf, type Reach } from './reach';

const examples: Readonly<Record<Reach, readonly string[]>> = {
  everywhere: ['192.0.2.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1'],
  network: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fd12::9'],
  host: ['127.0.0.1', '127.9.9.9', '::1'],
  nowhere: [
    ...['0.0.0.0', '224.0.0.1', '239.1.1.1', '255.255.255.255', '240.0.0.1', '169.254.1.1'],
    ...['::', 'ff02::1', 'fe80::1', 'somewhere', ''],
  ],
};

describe.each(Object.entries(examples))('addresses that lead %s', (reach, ips) => {
  it.each(ips)('%s', (ip) => {
    expect(reachOf({ ip, port: 6778 })).toBe(reach);
    expect(isNear({ ip, port: 6778 })).toBe(reach === 'network' || reach === 'host');
  });

  it.each(ips)('but with port 0 lead nowhere: %s', (ip) => {
    expect(reachOf({ ip, port: 0 })).toBe('nowhere');
  });
});

const any = fc.constantFrom(...Object.values(examples).flat()).map((ip) => ({ ip, port: 6778 }));

it('no address is told to, or believed of, somebody whom it would not lead to us (RFC 7574 section 8.13)', () => {
  fc.assert(
    fc.property(any, any, (told, partner) => {
      const crosses = mayCross(told, partner);
      if (reachOf(told) === 'nowhere') expect(crosses).toBe(false);
      if (reachOf(told) === 'everywhere') expect(crosses).toBe(true);
      if (reachOf(partner) === 'everywhere') expect(crosses).toBe(reachOf(told) === 'everywhere');
    }),
  );
  expect(mayCross({ ip: '127.0.0.1', port: 1 }, { ip: '10.0.0.1', port: 1 })).toBe(false);
  expect(mayCross({ ip: '10.0.0.2', port: 1 }, { ip: '10.0.0.1', port: 1 })).toBe(true);
});
