import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'weir-setup-'));

afterAll(() => rmSync(folder, { recursive: true }));

it('installs nothing through a link to packages that belong to another checkout', () => {
  const theirs = join(folder, 'theirs');
  const clone = join(folder, 'clone');
  for (const path of [theirs, join(clone, 'ops')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(theirs, 'kept'), '');
  for (const name of ['package.json', 'package-lock.json', 'ops/setup.mjs', 'ops/native.mjs'])
    cpSync(join(root, name), join(clone, name));
  symlinkSync(theirs, join(clone, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(clone, 'ops/setup.mjs')], { encoding: 'utf8' });
  expect({ status, kept: existsSync(join(theirs, 'kept')) }).toEqual({ status: 2, kept: true });
  expect(stderr).toBe(
    `weir: node_modules is a link to ${theirs}, whose packages differ from package-lock.json: ` +
      'install them there, or remove the link and run this again\n',
  );
});
