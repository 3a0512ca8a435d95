import { isIP } from 'node:net';
import { isLoopback } from '@weir/datagram';
import { formatAddress, isLocalUrl, resolveAddress } from './address';

it('resolves addresses to themselves and names to addresses', async () => {
  expect(await resolveAddress('--peer', { host: '192.0.2.1', port: 1 })).toEqual({ ip: '192.0.2.1', port: 1 });
  expect(await resolveAddress('--peer', { host: '::ffff:192.0.2.1', port: 1 })).toEqual({ ip: '192.0.2.1', port: 1 });
  const { ip, port } = await resolveAddress('--peer', { host: 'localhost', port: 1 });
  expect([isIP(ip) > 0, isLoopback({ ip, port }), port]).toEqual([true, true, 1]);
});

it('explains a name that stands for nothing', async () => {
  // A label of this length cannot be asked for: the answer comes without a network.
  const resolved = resolveAddress('--peer', { host: 'x'.repeat(64), port: 1 });
  await expect(resolved).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('--peer "xxx') });
});

it('writes addresses as people do', () => {
  expect(formatAddress({ ip: '192.0.2.1', port: 1 })).toBe('192.0.2.1:1');
  expect(formatAddress({ ip: '2001:db8::1', port: 1 })).toBe('[2001:db8::1]:1');
});

it.each([
  ['http://127.0.0.1:7846/', true],
  ['https://[::1]/', true],
  ['http://localhost/', true],
  ['http://192.0.2.1/', false],
  ['http://127.0.0.1.example/', false],
])('%s leads to this machine: %s', (url, local) => expect(isLocalUrl(url)).toBe(local));
