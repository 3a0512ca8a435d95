import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { TrackerConfig, WeirConfig } from './config';
import { ConfigError } from './errors';
import { loadConfig } from './load';

const folder = mkdtempSync(join(tmpdir(), 'weir-trackers-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const password = fileOf('password', 'opensesame\nand a remark\n', 0o640);
const key = join(folder, 'key.pem');
const certificate = join(folder, 'certificate.pem');
execFileSync('openssl', [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=weir'],
  ...['-keyout', key, '-out', certificate],
]);
chmodSync(key, 0o600);
const stranger = fileOf(
  'stranger.pem',
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

function load(entries: readonly object[], more: object = {}): WeirConfig {
  return loadConfig({ env: {}, file: fileOf('weir.yaml', JSON.stringify({ trackers: entries, ...more })) });
}

function problems(entries: readonly object[], more: object = {}): string[] {
  try {
    load(entries, more);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, ...lines] = error.message.split('\n');
    return lines.map((line) => line.trim().replaceAll(folder, 'DIR'));
  }
}

const url = 'https://tracker.example/ppstp';
const source = '(DIR/weir.yaml)';

it('reads a tracker with all that is said of it', () => {
  const [tracker] = load([
    {
      ...{ url, tier: 2, group: 'film', serve: 'everyone', username: 'pop-3', passwordFile: password },
      ...{ caFile: certificate, certificateFile: certificate, keyFile: key },
    },
  ]).trackers;
  expect(tracker).toMatchObject({ url, tier: 2, group: 'film', serve: 'everyone' });
  expect(tracker?.credentials?.username).toBe('pop-3');
  expect(tracker?.credentials?.password.reveal()).toBe('opensesame');
  expect(tracker?.tls?.ca).toContain('BEGIN CERTIFICATE');
  expect(tracker?.tls?.key?.reveal()).toContain('PRIVATE KEY');
});

it('has a default for all but the URL', () => {
  const plain: TrackerConfig = {
    url,
    tier: 1,
    group: '',
    serve: 'subscribers',
    credentials: undefined,
    tls: undefined,
  };
  expect(load([{ url }]).trackers).toEqual([plain]);
});

it('shows no secret, however the configuration is looked at', () => {
  const config = load([{ url, username: 'pop-3', passwordFile: password, certificateFile: certificate, keyFile: key }]);
  const shown = [
    JSON.stringify(config),
    inspect(config, { depth: 9 }),
    String(config.trackers[0]?.credentials?.password),
  ];
  for (const text of shown) {
    expect(text).not.toContain('opensesame');
    expect(text).not.toContain('PRIVATE KEY');
  }
});

it.each<[string, object, string]>([
  [
    'a password nobody has',
    { passwordFile: password },
    `username = nothing ${source}: passwordFile is set: write the user`,
  ],
  [
    'a user without password',
    { username: 'a' },
    `passwordFile = nothing ${source}: username is set: write the path of`,
  ],
  [
    'a file that is not there',
    { username: 'a', passwordFile: '/nowhere' },
    `passwordFile = "/nowhere" ${source}: it cannot be read (ENOENT)`,
  ],
  ['a folder', { caFile: folder }, `caFile = "DIR" ${source}: it is no file`],
  ['an empty password', { username: 'a', passwordFile: fileOf('empty', '\nx') }, 'passwordFile = "DIR/empty"'],
  [
    'a password anybody can read',
    { username: 'a', passwordFile: fileOf('open', 'x', 0o644) },
    'passwordFile = "DIR/open"',
  ],
  [
    'a password the group can change',
    { username: 'a', passwordFile: fileOf('group', 'x', 0o660) },
    'passwordFile = "DIR/group"',
  ],
  ['no certificate', { caFile: password }, `caFile = "DIR/password" ${source}: it holds no certificate`],
  [
    'no key',
    { certificateFile: certificate, keyFile: password },
    `keyFile = "DIR/password" ${source}: it holds no private key`,
  ],
  [
    'a key of another certificate',
    { certificateFile: certificate, keyFile: stranger },
    `keyFile = "DIR/stranger.pem" ${source}: it is not the key`,
  ],
  [
    'a certificate without key',
    { certificateFile: certificate },
    `keyFile = nothing ${source}: certificateFile is set`,
  ],
  ['a tier below the first', { tier: 0 }, `tier = 0 ${source}: write a number from 1 to 16`],
  ['nobody to serve', { serve: 'nobody' }, `serve = "nobody" ${source}: write subscribers or everyone`],
])('refuses %s, with key, value and remedy', (_, entry, problem) => {
  const [first, ...others] = problems([{ url, ...entry }]);
  expect(first).toContain(`trackers[0].${problem}`);
  expect(others).toEqual([]);
});

it('refuses secrets over plain HTTP, but for a lab on one host', () => {
  const entry = { username: 'a', passwordFile: password };
  expect(problems([{ ...entry, url: 'http://tracker.example/' }])).toEqual([
    `trackers[0].username = "a" ${source}: this tracker speaks plain HTTP, where passwords are found out: write an https: URL, or no user`,
  ]);
  for (const lab of ['http://127.0.0.1:7846/', 'http://[::1]:7846/', 'http://localhost:7846/'])
    expect(problems([{ ...entry, url: lab }])).toEqual([]);
  expect(problems([{ url: 'http://127.0.0.1/', caFile: certificate }])[0]).toContain('trackers[0].caFile');
});

it('refuses a tracker that is named twice', () => {
  expect(problems([{ url }, { url: 'HTTPS://tracker.example:443/ppstp' }])[0]).toContain('trackers[1].url');
});

it('suggests the key that was probably meant', () => {
  expect(problems([{ url, pasword: 'x' }])[0]).toContain('did you mean trackers[].passwordFile?');
});

it('reads where peers are told that we are', () => {
  const addresses = [
    { address: '198.51.100.10:6778', for: 'everyone', priority: 3, type: 'PROXY', connection: 'wired', asn: 'AS64500' },
    '[2001:db8::10]:6778',
  ];
  expect(load([], { registration: { addresses, uplink: '10Gbit/s' } }).registration).toMatchObject({
    addresses: [
      {
        ip: '198.51.100.10',
        port: 6778,
        for: 'everyone',
        priority: 3,
        type: 'PROXY',
        connection: 'wired',
        asn: 64_500,
      },
      { ip: '2001:db8::10', port: 6778 },
    ],
    uplink: 10_000_000_000,
  });
  const env = { WEIR_REGISTRATION_ADDRESSES: '192.0.2.1:1', WEIR_REGISTRATION_UPLINK: '1000000' };
  expect(loadConfig({ env }).registration).toMatchObject({ addresses: [{ ip: '192.0.2.1', port: 1 }], uplink: 1e6 });
});

it.each(['0.0.0.0:1', '[::]:6778', '192.0.2.1:0', 'cache.example:6778'])(
  'refuses %s, where nobody can reach us',
  (address) => {
    expect(problems([], { registration: { addresses: [{ address }] } })[0]).toContain(
      'registration.addresses[0].address',
    );
  },
);
