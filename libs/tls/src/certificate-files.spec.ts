import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type CertificateFiles,
  keepServerCertificate,
  readAuthorities,
  readServerCertificate,
} from './certificate-files';
import { watchFiles } from './file-watch';
import { makeSelfSigned } from './self-signed';

let folder: string;
let files: CertificateFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-tls-'));
  files = { certificateFile: join(folder, 'new', 'cert.pem'), keyFile: join(folder, 'new', 'key.pem') };
});
afterEach(() => rm(folder, { recursive: true }));

it('makes a certificate that signs itself once, with a key that nobody else may read', async () => {
  const made = await keepServerCertificate(files, ['localhost', '127.0.0.1', '::1']);
  expect((await stat(files.keyFile)).mode & 0o777).toBe(0o600);
  const written = new X509Certificate(await readFile(files.certificateFile));
  expect(written.fingerprint256).toBe(made.fingerprint);
  expect(written.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(new Date(written.validTo).getTime()).toBe(made.notAfter);
  expect(await keepServerCertificate(files, ['other.example'])).toEqual(made);
  expect(await readServerCertificate(files)).toEqual(made);
});

describe('refused with the name of the file', () => {
  const write = async (certificate: string, key: string): Promise<void> => {
    await mkdir(join(folder, 'new'));
    await writeFile(files.certificateFile, certificate);
    await writeFile(files.keyFile, key);
  };

  it('is a file that is not there, or there alone', async () => {
    await expect(readServerCertificate(files)).rejects.toMatchObject({
      code: 'TLS_FILE_UNUSABLE',
      details: { path: files.certificateFile, reason: 'ENOENT' },
    });
    await keepServerCertificate(files, ['localhost']);
    await rm(files.keyFile);
    await expect(keepServerCertificate(files, ['localhost'])).rejects.toMatchObject({
      details: { path: files.keyFile },
    });
  });

  it('is what is no certificate, no key, or the key of another, and nothing of it is shown', async () => {
    const [one, other] = await Promise.all([makeSelfSigned(['a.example']), makeSelfSigned(['b.example'])]);
    await write('nothing', one.key);
    await expect(readServerCertificate(files)).rejects.toMatchObject({ details: { path: files.certificateFile } });
    await writeFile(files.certificateFile, one.certificate);
    await writeFile(files.keyFile, 'secret nonsense');
    await expect(readServerCertificate(files)).rejects.toMatchObject({
      code: 'TLS_FILE_INVALID',
      message: expect.not.stringContaining('secret'),
      details: { path: files.keyFile },
    });
    await writeFile(files.keyFile, other.key);
    await expect(readServerCertificate(files)).rejects.toMatchObject({
      message: expect.stringContaining(`is not the key of ${files.certificateFile}`),
    });
  });

  it('are authorities of which one is broken, or none at all', async () => {
    const { certificate } = await makeSelfSigned(['ca.example']);
    const path = join(folder, 'ca.pem');
    await writeFile(path, `${certificate}\n${certificate}`);
    expect(await readAuthorities(path)).toContain(certificate);
    await writeFile(path, `${certificate}\n${certificate.replace(/\nM\w/, '\nAAAA')}`);
    await expect(readAuthorities(path)).rejects.toMatchObject({ code: 'TLS_FILE_INVALID' });
    await writeFile(path, 'to come');
    await expect(readAuthorities(path)).rejects.toMatchObject({ message: expect.stringContaining('no certificate') });
  });
});

it('hears of a file that is written, and of one that is put in its place, until it is told to stop', async () => {
  const path = join(folder, 'watched');
  await writeFile(path, '');
  let changes = 0;
  const stop = watchFiles([path], () => changes++, 10);
  /** Again and again: the first change may come before the file was looked at for the first time. */
  const heard = async (change: (text: string) => Promise<void>): Promise<void> => {
    const before = changes;
    for (let length = 1; changes === before; length++) await change('x'.repeat(length));
  };
  await heard((text) => writeFile(path, text));
  await heard(async (text) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  });
  stop();
  expect(changes).toBeGreaterThanOrEqual(2);
});
