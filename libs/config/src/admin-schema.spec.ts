import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadConfig } from './load';

const folder = mkdtempSync(join(tmpdir(), 'weir-admin-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function tokenFile(text: string, mode = 0o600): string {
  const path = join(folder, 'token');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const load = (env: Readonly<Record<string, string>>) => loadConfig({ env }).admin;
const token = 'a-token-of-20-chars!';

describe('where the admin API listens', () => {
  it.each(['127.0.0.1:9080', '127.9.9.9:9080', '[::1]:9080', 'localhost:9080'])('needs no token on %s', (listen) => {
    expect(load({ WEIR_ADMIN_LISTEN: listen }).token).toBeUndefined();
  });

  it.each(['0.0.0.0:9080', '[::]:9080', '192.0.2.1:9080', 'cache.example:9080', '[::ffff:192.0.2.1]:9080'])(
    'needs one on %s, and says how to make it',
    (listen) => {
      expect(() => load({ WEIR_ADMIN_LISTEN: listen })).toThrow(/admin\.tokenFile.*openssl rand/s);
      const { token: read } = load({ WEIR_ADMIN_LISTEN: listen, WEIR_ADMIN_TOKEN_FILE: tokenFile(`${token}\n`) });
      expect(read?.reveal()).toBe(token);
    },
  );
});

describe('a token', () => {
  it('is shown nowhere', () => {
    const admin = load({ WEIR_ADMIN_TOKEN_FILE: tokenFile(token) });
    expect(`${JSON.stringify(admin)}${inspect(admin)}`).not.toContain(token);
  });

  it.each([
    ['too short', 'short', 0o600, /16 to 1024/],
    ['two words', 'a token of two words', 0o600, /16 to 1024/],
    ['empty', '', 0o600, /empty/],
    ['readable by all', token, 0o644, /chmod 600/],
  ])('that is %s is refused', (_, text, mode, remedy) => {
    expect(() => load({ WEIR_ADMIN_TOKEN_FILE: tokenFile(text, mode) })).toThrow(remedy);
  });

  it('that is not there is refused', () => {
    expect(() => load({ WEIR_ADMIN_TOKEN_FILE: join(folder, 'none') })).toThrow(/admin\.tokenFile.*cannot be read/s);
  });
});

it('names beside addresses are names, in any case of letters', () => {
  expect(load({ WEIR_ADMIN_HOSTS: 'Cache.Example,other' }).hosts).toEqual(['cache.example', 'other']);
  expect(() => load({ WEIR_ADMIN_HOSTS: 'cache.example:80' })).toThrow(/admin\.hosts/);
});
