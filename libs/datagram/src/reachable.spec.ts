import { isIP } from 'node:net';
import { anyAddress, isLoopback, reachableAddresses } from './reachable';

it('announces a socket at its address, or at those of the machine', () => {
  expect(reachableAddresses({ ip: '192.0.2.1', port: 7 })).toEqual([{ ip: '192.0.2.1', port: 7 }]);
  for (const ip of ['::', '0.0.0.0']) {
    const addresses = reachableAddresses({ ip, port: 7 });
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.every((address) => isIP(address.ip) > 0 && address.port === 7)).toBe(true);
  }
});

it('listens everywhere by default', () => {
  expect(anyAddress()).toEqual({ ip: expect.stringMatching(/^(::|0\.0\.0\.0)$/), port: 0 });
});

it('knows which addresses reach this machine alone', () => {
  expect(
    ['127.0.0.1', '127.3.0.1', '::1', '192.0.2.1', '::', '2001:db8::1'].map((ip) => isLoopback({ ip, port: 1 })),
  ).toEqual([true, true, true, false, false, false]);
});
