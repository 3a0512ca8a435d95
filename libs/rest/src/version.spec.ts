import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionAbove } from './version';

it('is that of the nearest package.json above, from sources or from what is built', () => {
  const root = mkdtempSync(join(tmpdir(), 'weir-version-'));
  const deep = join(root, 'dist', 'libs');
  mkdirSync(deep, { recursive: true });
  expect(versionAbove(deep)).toBe('unknown');
  writeFileSync(join(root, 'package.json'), '{"version":"7.8.9"}');
  expect(versionAbove(deep)).toBe('7.8.9');
  expect(versionAbove(root)).toBe('7.8.9');
  rmSync(root, { recursive: true });
});
