import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorityFilesIn, keepAuthority, readAuthority } from './authority-files';
import { makeAuthority, MembershipIssuer } from './issuer';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-authority-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('makes an authority once, with a key that nobody else may read', async () => {
  const directory = join(folder, 'new', 'place');
  const made = await keepAuthority(directory, 'tracker');
  const { keyFile, certificateFile } = authorityFilesIn(directory);
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  expect(new X509Certificate(await readFile(certificateFile)).ca).toBe(true);
  await expect(keepAuthority(directory, 'another')).resolves.toEqual(made);
  await expect(readAuthority({ keyFile, certificateFile })).resolves.toEqual(made);
  await expect(MembershipIssuer.open(made)).resolves.toBeDefined();
});

it.each(['keyFile', 'certificateFile'] as const)('makes none beside a %s that is there alone', async (which) => {
  const files = authorityFilesIn(folder);
  const other = which === 'keyFile' ? files.certificateFile : files.keyFile;
  await writeFile(files[which], (await makeAuthority('old')).certificate);
  const failure = { code: 'MEMBERSHIP_FILE_UNUSABLE', details: { path: other, reason: 'ENOENT' } };
  await expect(keepAuthority(folder, 'tracker')).rejects.toMatchObject(failure);
});

it('names the file that cannot be read, and says nothing of what is in it', async () => {
  const files = { keyFile: join(folder, 'key.pem'), certificateFile: join(folder, 'none.pem') };
  const { key } = await makeAuthority('tracker');
  await writeFile(files.keyFile, key);
  const failure: unknown = await readAuthority(files).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'MEMBERSHIP_FILE_UNUSABLE' });
  expect(String(failure)).toContain(files.certificateFile);
  expect(JSON.stringify(failure) + String(failure)).not.toContain(key.slice(40, 80));
  await expect(keepAuthority(join(files.keyFile, 'below'), 'tracker')).rejects.toMatchObject({
    code: 'MEMBERSHIP_FILE_UNUSABLE',
  });
});
