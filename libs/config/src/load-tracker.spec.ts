import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from './errors';
import { loadTrackerConfig, type TrackerConfigSources } from './load-tracker';
import { environmentName } from './settings';
import { trackerTable } from './tracker-settings';

const folder = mkdtempSync(join(tmpdir(), 'weir-tracker-config-'));
const file = join(folder, 'tracker.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const load = (yaml: string, env: TrackerConfigSources['env'] = {}) => {
  writeFileSync(file, yaml);
  return loadTrackerConfig({ file, env });
};

function problems(yaml: string, env: TrackerConfigSources['env'] = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('the configuration of a tracker', () => {
  it('has a default for all', () => {
    expect(loadTrackerConfig({ env: {} })).toEqual({
      listen: '[::]:7846',
      path: '/',
      superNodes: [],
      subscribers: [],
      asnFile: undefined,
      peerTimeoutSeconds: 180,
      tls: undefined,
      authentication: { realm: 'weir', usersFile: undefined },
      trustedProxies: [],
      swarmAdmission: 'any',
      stateDirectory: undefined,
      limits: {},
      probes: true,
      admin: undefined,
      membershipDirectory: undefined,
      membershipKey: undefined,
      membershipCertificate: undefined,
    });
  });

  it('is read from a file, overruled by the environment', () => {
    const yaml = `
      listen: 192.0.2.1:443
      tls: { certificateFile: /c.pem, keyFile: /k.pem, clientCaFile: /ca.pem, clientCertificates: require }
      authentication: { digest: always, realm: video, usersFile: /users }
      trustedProxies: [192.0.2.0/24]
      superNodes:
        - 198.51.100.7
        - { nodes: [203.0.113.0/28], subscribers: [203.0.113.0/24], onlySubscribers: true, address: "203.0.113.1:6778" }
      swarms: { admission: published }
      stateDirectory: /var/lib/weir-tracker
      limits: { peers: 1000000, connectionsPerSecond: 50 }
      admin: { hosts: [tracker.internal] }
    `;
    const config = load(yaml, {
      WEIR_TRACKER_LISTEN: '192.0.2.2:443',
      WEIR_TRACKER_LIMITS_PEERS: '5',
      WEIR_LOG_LEVEL: 'x',
    });
    expect(config).toMatchObject({
      listen: '192.0.2.2:443',
      tls: { certificateFile: '/c.pem', selfSignedDirectory: undefined, clientCertificates: 'require' },
      authentication: { digest: 'always', realm: 'video', usersFile: '/users' },
      superNodes: ['198.51.100.7', { nodes: ['203.0.113.0/28'], onlySubscribers: true, everySwarm: false }],
      swarmAdmission: 'published',
      limits: { peers: 5, connectionsPerSecond: 50 },
      admin: { listen: '127.0.0.1:7847', tokenFile: undefined, hosts: ['tracker.internal'] },
    });
    expect(Object.isFrozen(config.superNodes)).toBe(true);
  });

  it('keeps a certificate for trials below the state directory', () => {
    expect(load('tls: { selfSigned: true }\nstateDirectory: /state').tls).toMatchObject({
      selfSignedDirectory: '/state/tls',
      certificateFile: undefined,
    });
  });

  it('finds its file by variable, and leaves variables of other programs alone', () => {
    writeFileSync(file, 'path: /video');
    const env = {
      WEIR_TRACKER_CONFIG: file,
      WEIR_TRACKERS: 'https://t.example',
      WEIR_TRACKER_PORT: 'tcp://10.0.0.1:7846',
    };
    expect(loadTrackerConfig({ env }).path).toBe('/video');
    expect(() => loadTrackerConfig({ env: { WEIR_TRACKER_CONFIG: join(folder, 'absent') } })).toThrow(
      /mend the path in --config or WEIR_TRACKER_CONFIG/,
    );
  });
});

describe('a refusal of it', () => {
  it('lists every problem with key, value, source and remedy', () => {
    const yaml = `
      listen: localhost:80
      path: video
      superNodes: [nowhere, { nodes: [], adress: 1 }, { nodes: [192.0.2.0/33] }]
      limits: { peers: 0 }
      swarms: { admission: all }
      tls: { selfsigned: true }
    `;
    expect(problems(yaml, { WEIR_TRACKER_PEER_TIMEOUT: 'long' })).toEqual([
      `listen = "localhost:80" (${file}): write IP:PORT or [IPV6]:PORT, such as 192.0.2.1:6778 or [::]:6778; [::] serves IPv4 as well`,
      `path = "video" (${file}): begin with / and use letters, digits and . _ ~ / - after it`,
      'tls.selfsigned: no such setting; did you mean tls.selfSigned?',
      `superNodes[0] = "nowhere" (${file}): write an address or a prefix, such as 192.0.2.1 or 192.0.2.0/24 or 2001:db8::/32`,
      `superNodes[1].nodes = […] (${file}): name at least one`,
      `superNodes[1].adress = 1 (${file}): write an address, or nodes, subscribers, onlySubscribers, everySwarm, address`,
      `superNodes[2].nodes[0] = "192.0.2.0/33" (${file}): write an address or a prefix, such as 192.0.2.1 or 192.0.2.0/24 or 2001:db8::/32`,
      `swarms.admission = "all" (${file}): write one of any, published`,
      'peerTimeout = "long" (WEIR_TRACKER_PEER_TIMEOUT): write seconds from 1 to 86400',
      `limits.peers = 0 (${file}): write a number from 1 to 16777216`,
    ]);
  });

  it.each([
    ['stateDirectory', 'tls: { selfSigned: true }'],
    ['tls.keyFile', 'tls: { certificateFile: /c.pem }'],
    ['tls.selfSigned', 'stateDirectory: /s\ntls: { selfSigned: true, certificateFile: /c, keyFile: /k }'],
    ['tls.clientCaFile', 'tls: { certificateFile: /c, keyFile: /k, clientCertificates: require }'],
    ['tls.certificateFile', 'tls: { clientCaFile: /ca.pem }'],
    ['authentication.usersFile', 'authentication: { digest: always }'],
    ['superNodes[0]', 'superNodes: [{ addresses: [192.0.2.1] }]'],
    ['superNodes[0]', 'superNodes: [7]'],
  ])('names %s, of %s', (key, yaml) => {
    expect(problems(yaml).join('\n')).toContain(key);
  });
});

it('is documented, each key with its variable, default and reason', () => {
  const page = readFileSync(resolve(__dirname, '../../../docs/tracker-configuration.md'), 'utf8').replace(/ +/g, ' ');
  for (const { key, fallback, why } of trackerTable.settings) {
    const names = [key, environmentName(key, trackerTable.environmentPrefix)].map((name) => `\`${name}\``);
    const shown = fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``;
    expect(page).toContain(`| ${[...names, shown, why].join(' | ')} |`.replace(/ +/g, ' '));
  }
});
