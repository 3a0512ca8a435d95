import { isIP } from 'node:net';
import { isLoopback } from '@weir/datagram';
import { formatAddress, resolveAddress } from './address';

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
