import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@weir/config';
import { planRegistration } from '@weir/registration';
import { registrationSettings } from './registration-settings';

const folder = mkdtempSync(join(tmpdir(), 'weir-supernode-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = { addresses: [{ ip: '192.0.2.1', port: 6778 }], onLoopback: false };

function settingsFor(content: object) {
  const file = join(folder, 'weir.yaml');
  writeFileSync(file, JSON.stringify(content));
  return registrationSettings(loadConfig({ env: {}, file }), place);
}

it('tells the registration of each tracker, with the secret that it needs', () => {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'opensesame\n', { mode: 0o600 });
  const url = 'https://tracker.example/';
  const settings = settingsFor({
    trackers: [{ url, tier: 2, group: 'film', serve: 'everyone', username: 'pop-3', passwordFile }],
    admin: { listen: 'localhost:9080' },
  });
  expect(planRegistration(settings)).toMatchObject({
    trackers: [
      { url, tier: 2, group: 'film', serve: 'everyone', credentials: { username: 'pop-3', password: 'opensesame' } },
    ],
    addresses: place.addresses,
    allowLoopback: false,
    ownListeners: [
      { ip: '127.0.0.1', port: 9080 },
      { ip: '::1', port: 9080 },
    ],
  });
});

it('announces what an operator says instead of where we listen', () => {
  const address = { address: '198.51.100.10:6778', for: 'everyone', priority: 3, connection: 'wired', asn: 'AS64500' };
  const settings = settingsFor({ registration: { addresses: [address], reportInterval: 30 } });
  expect(planRegistration(settings)).toMatchObject({
    addresses: [{ ip: '198.51.100.10', port: 6778, for: 'everyone', priority: 3, connection: 'wired', asn: '64500' }],
    reportMillis: 30_000,
  });
});
