import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory, mustBeOurs } from './directory';

const root = mkdtempSync(join(tmpdir(), 'weir-directory-'));

afterAll(() => rmSync(root, { recursive: true }));

it('makes a directory with all above it, once', () => {
  const directory = join(root, 'a/b/c');
  makeDirectory(directory);
  makeDirectory(directory);
  expect(existsSync(directory)).toBe(true);
});

it('names a directory that cannot be made, at once', () => {
  expect(() => makeDirectory('/proc/weir/store')).toThrow('/proc/weir/store cannot be made');
});

it('does not take a file for a directory', () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => makeDirectory(join(file, 'store'))).toThrow('cannot be made');
});

it.each(['', 'data.mdb', 'lock.mdb', 'weir.boot', 'weir.lock'])(
  'names what is not ours to write before LMDB comes upon it: "%s"',
  (name) => {
    const directory = mkdtempSync(join(root, 'store-'));
    const path = join(directory, name);
    if (name !== '') writeFileSync(path, '');
    const deny = (asked: unknown): void => {
      if (asked === (name === '' ? directory : path)) throw Object.assign(new Error('no'), { code: 'EACCES' });
    };
    expect(() => mustBeOurs(directory, deny)).toThrow(/^store\.path = .*cannot be read and written \(EACCES\)/);
    expect(() => mustBeOurs(directory)).not.toThrow();
  },
);
