import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority } from '@weir/membership';
import { exchangeOf } from './exchange';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-exchange-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('exchanges nothing unless it is told to', async () => {
  await expect(exchangeOf({})).resolves.toBeUndefined();
  await expect(exchangeOf({ peerExchange: true })).resolves.toEqual({ plain: true });
});

it('verifies certificates with a CA', async () => {
  const path = join(folder, 'ca.pem');
  await writeFile(path, (await makeAuthority('tracker')).certificate);
  const exchange = await exchangeOf({ membershipCa: path });
  expect(exchange?.plain).toBe(false);
  expect(exchange?.verifier?.check(Uint8Array.of(1), 'ab')).toEqual({ ok: false, fault: 'certificate-malformed' });
});

it('names the file that cannot be read, or holds no CA', async () => {
  const path = join(folder, 'none.pem');
  await expect(exchangeOf({ membershipCa: path })).rejects.toThrow(`--membership-ca ${path}: cannot be read`);
  await writeFile(path, 'no certificate');
  await expect(exchangeOf({ membershipCa: path })).rejects.toMatchObject({ code: 'MEMBERSHIP_AUTHORITY_INVALID' });
});
