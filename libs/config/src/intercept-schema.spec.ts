import { ConfigError } from './errors';
import { loadConfig } from './load';
import { parsePortRange } from './port-range';

const enabled = {
  WEIR_INTERCEPT_ENABLED: 'true',
  WEIR_INTERCEPT_INSIDE: 'eth0,vlan.100',
  WEIR_SUBSCRIBERS: '100.64.0.0/10',
};

function problems(env: Readonly<Record<string, string>>): string[] {
  try {
    loadConfig({ env: { ...enabled, ...env } });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

it('reads what is intercepted and which swarms are served', () => {
  const env = {
    ...enabled,
    WEIR_INTERCEPT_OUTSIDE: 'eth1',
    WEIR_INTERCEPT_PORTS: '6778, 7000-7999',
    WEIR_INTERCEPT_EXEMPT_PORTS: '',
    WEIR_INTERCEPT_EXEMPT_SUBSCRIBERS: '100.64.0.7/32',
    WEIR_INTERCEPT_EXEMPT_DESTINATIONS: '2001:db8::/32',
    WEIR_INTERCEPT_TRACKERS: '192.0.2.80:80,[2001:db8::80]:7846',
    WEIR_SWARMS_BLOCKED: 'AB'.repeat(20),
  };
  expect(loadConfig({ env })).toMatchObject({
    intercept: {
      enabled: true,
      inside: ['eth0', 'vlan.100'],
      outside: ['eth1'],
      exemptSubscribers: [{ ip: '100.64.0.7', length: 32, family: 'ipv4' }],
      exemptDestinations: [{ ip: '2001:db8::', length: 32, family: 'ipv6' }],
      ports: [
        { first: 6778, last: 6778 },
        { first: 7000, last: 7999 },
      ],
      trackers: [
        { host: '192.0.2.80', port: 80 },
        { host: '2001:db8::80', port: 7846 },
      ],
    },
    swarms: { allowed: [], blocked: ['ab'.repeat(20)] },
  });
});

it.each<[string, Readonly<Record<string, string>>, string]>([
  [
    'no interface',
    { WEIR_INTERCEPT_INSIDE: '' },
    'intercept.inside = […] (default): intercept.enabled is true: name the',
  ],
  [
    'no subscribers',
    { WEIR_SUBSCRIBERS: '' },
    'subscribers = […] (default): intercept.enabled is true: name the prefixes',
  ],
  ['an interface that cannot be', { WEIR_INTERCEPT_INSIDE: 'eth0;drop' }, "write an interface's name, such as eth0"],
  ['a name too long', { WEIR_INTERCEPT_OUTSIDE: 'a'.repeat(16) }, 'intercept.outside[0] = "aaaaaaaaaaaaaaaa"'],
  [
    'neither yes nor no',
    { WEIR_INTERCEPT_ENABLED: 'yes' },
    'intercept.enabled = "yes" (WEIR_INTERCEPT_ENABLED): write true',
  ],
  ['a range that runs backwards', { WEIR_INTERCEPT_PORTS: '9-8' }, 'intercept.ports[0] = "9-8"'],
  [
    'the port of peers',
    { WEIR_INTERCEPT_UDP_PORT: '6778' },
    'intercept.udpPort = 6778 (WEIR_INTERCEPT_UDP_PORT): none of',
  ],
  [
    'the port of operators',
    { WEIR_INTERCEPT_TCP_PORT: '9080' },
    'intercept.tcpPort = 9080 (WEIR_INTERCEPT_TCP_PORT): this is',
  ],
  ['too high a port', { WEIR_INTERCEPT_UDP_PORT: '65520' }, 'write a number from 1 to 65519'],
  ['a tracker without a port', { WEIR_INTERCEPT_TRACKERS: '192.0.2.80:0' }, 'intercept.trackers[0] = "192.0.2.80:0"'],
  [
    'a tracker with a name',
    { WEIR_INTERCEPT_TRACKERS: 'tracker.example:80' },
    'write IP:PORT or [IPV6]:PORT of a tracker',
  ],
  [
    'a swarm that is none',
    { WEIR_SWARMS_ALLOWED: 'abc' },
    'swarms.allowed[0] = "abc" (WEIR_SWARMS_ALLOWED): write a swarm',
  ],
  [
    'sockets that divert nothing',
    { WEIR_DATAPATH_PORT: 'node' },
    'datapath.port = "node" (WEIR_DATAPATH_PORT): intercept',
  ],
])('refuses %s', (_, env, expected) => {
  expect(problems(env)).toEqual([expect.stringContaining(expected)]);
});

it('asks nothing of who intercepts nothing', () => {
  expect(problems({ WEIR_INTERCEPT_ENABLED: 'false', WEIR_INTERCEPT_INSIDE: '', WEIR_SUBSCRIBERS: '' })).toEqual([]);
  expect(problems({ WEIR_INTERCEPT_ENABLED: 'false', WEIR_INTERCEPT_UDP_PORT: '6778' })).toEqual([]);
});

it.each(['0', '65536', '1-', '-1', '1-2-3', ' 1', '', '5-4', '1e3'])('reads no ports in "%s"', (text) => {
  expect(parsePortRange(text)).toHaveProperty('remedy');
});
