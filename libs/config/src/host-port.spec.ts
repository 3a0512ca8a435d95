import fc from 'fast-check';
import { formatHostPort, parseHostPort, parseIpPort, placesOf } from './host-port';

it.each([
  ['127.0.0.1:9080', { host: '127.0.0.1', port: 9080 }],
  ['[::]:6778', { host: '::', port: 6778 }],
  ['[2001:db8::1]:0', { host: '2001:db8::1', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ['pop-3.isp.example:80', { host: 'pop-3.isp.example', port: 80 }],
])('reads %s', (text, value) => {
  expect(parseHostPort(text)).toEqual({ value });
});

it.each(['', ':80', '80', '127.0.0.1', '::1:80', '[::1]', '[::1:80', '[127.0.0.1]:80', '*:80', 'a b:80'])(
  'refuses %j',
  (text) => {
    expect(parseHostPort(text)).toHaveProperty('remedy');
  },
);

it.each(['1.2.3:80', '300.1.1.1:80', 'host:65536', 'host:-1', 'host:8o', '-host:80', 'host-:80', 'http://host:80'])(
  'refuses %j',
  (text) => {
    expect(parseHostPort(text)).toHaveProperty('remedy');
  },
);

it('takes no name where datagrams are received', () => {
  expect(parseIpPort('localhost:6778')).toHaveProperty('remedy');
  expect(parseIpPort('[::]:6778')).toEqual({ value: { host: '::', port: 6778 } });
});

it('reads back what it writes', () => {
  const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
  fc.assert(
    fc.property(hosts, fc.nat(65_535), (host, port) => {
      expect(parseHostPort(formatHostPort({ host, port }))).toEqual({ value: { host, port } });
    }),
  );
});

it.each([
  ['192.0.2.1', ['192.0.2.1']],
  ['::', ['::']],
  ['localhost', ['127.0.0.1', '::1']],
  ['cache.isp.example', ['0.0.0.0', '::']],
])('a listener at %s is reached at %j', (host, ips) => {
  expect(placesOf({ host, port: 9080 })).toEqual(ips.map((ip) => ({ ip, port: 9080 })));
});
