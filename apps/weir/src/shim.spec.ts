import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'weir-shim-'));
const shim = join(folder, 'bin', 'weir.js');

beforeAll(() => cpSync(join(__dirname, '..', '..', '..', 'bin', 'weir.js'), shim));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => spawnSync(shim, args, { encoding: 'utf8' });

describe('bin/weir.js', () => {
  it('says how to build what is not built', () => {
    const { status, stdout, stderr } = run('publish');
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: 'weir: not built yet: run npm run build\n',
    });
  });

  it('runs what is built, with its arguments', () => {
    const built = join(folder, 'dist', 'apps', 'weir', 'src');
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, 'main.js'), 'console.log(process.argv.slice(2).join()); process.exitCode = 7;');
    expect(run('publish', 'x')).toMatchObject({ status: 7, stdout: 'publish,x\n' });
  });
});
