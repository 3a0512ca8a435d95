import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { root, Stage } from './harness/stage';

const stage = new Stage();
afterEach(() => stage.end());

const weir = `"${process.execPath}" "${join(root, 'bin/weir.js')}"`;
const run = promisify(execFile);

describe('a trace that is made and simulated at once', () => {
  it('is answered as JSON with these members alone', async () => {
    const make = `${weir} trace vod --seed 5 --requests 30000 --objects 60`;
    const { stdout, stderr } = await run('sh', [
      '-c',
      `${make} | gzip | ${weir} simulate - --capacity 5%,10% --policy weir,lru,min --json`,
    ]);
    expect(stderr).toBe('');
    const results: unknown = JSON.parse(stdout);
    const ratio = expect.any(Number);
    const of = (policy: string) => ({
      policy,
      capacityBytes: ratio,
      requests: 30_000,
      byteHitRatio: ratio,
      writeRatio: ratio,
      bytesPerObject: ratio,
      nanosecondsPerRequest: ratio,
    });
    const policies = ['weir', 'lru', 'min'];
    expect(results).toEqual([...policies.map(of), ...policies.map(of)]);
  });

  it('ends as its reader does', async () => {
    const { stdout } = await run('sh', ['-c', `${weir} trace zipf --requests 50000000 | head -n 2`]);
    expect(stdout).toMatch(/^time,object,bytes,subscriber\n\d+\.\d{3},\d+,262144,\d+\n$/);
  });

  it('is refused with status 2 where it makes no sense', async () => {
    const ending = await stage.weir(['simulate', __filename, '--capacity', 'all']).ended;
    expect(ending).toMatchObject({ status: 2, stdout: '' });
    expect(ending.stderr).toMatch(/^weir: --capacity "all": write bytes, such as 10GiB, or percent[^\n]*\n$/);
  });

  it.each([
    ['simulate', `printf 'time,object,bytes,subscriber\\n1,a,10,s\\n' | ${weir} simulate - --json >/dev/full`],
    ['trace', `${weir} trace zipf --requests 10 >/dev/full`],
  ])('fails where nobody got what %s answers', async (_, command) => {
    const ending = await run('sh', ['-c', command]).catch((error: unknown) => error);
    expect(ending).toMatchObject({ code: 1, stderr: expect.stringMatching(/^weir: [^\n]*the disk is full\n$/) });
  });
});
