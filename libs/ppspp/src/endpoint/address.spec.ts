import { networkKey, subscriberKey } from './address';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::2:3:4:5:6', '2001:db8:0:2'],
  ['::', '0:0:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0'],
  ['1:2:3::4:5:192.0.2.1', '1:2:3:0'],
])('the subscriber at %s is %s', (ip, subscriber) => {
  expect(subscriberKey({ ip, port: 1 })).toBe(subscriber);
});

it.each([
  ['192.0.2.1', '192.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
  ['2001:db8::1', '2001:db8:0'],
])('the network of %s is %s', (ip, network) => {
  expect(networkKey({ ip, port: 1 })).toBe(network);
});
