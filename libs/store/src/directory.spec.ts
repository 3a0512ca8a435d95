import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from './directory';

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
