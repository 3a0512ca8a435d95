import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './harness/program';
import { root, Stage } from './harness/stage';
import { untilTrue } from './harness/waiting';

const stage = new Stage();
afterEach(() => stage.end());
jest.setTimeout(60_000);

/** Where the demonstration has its temporary files, so that one sees what it leaves. */
const temporary = () => stage.path('temporary');

/** Runs the demonstration, in a process group of its own as a shell would. */
function startDemo(file: string): Program {
  mkdirSync(temporary());
  const settings = { env: { TMPDIR: temporary() }, isGroup: true };
  return stage.node(join(root, 'ops', 'demo.mjs'), [file], settings);
}

async function expectNothingLeft(demo: Program): Promise<void> {
  await untilTrue('no process of the demonstration is left', () => !demo.hasGroup, 2_000);
  expect(readdirSync(temporary())).toEqual([]);
}

describe('the demonstration', () => {
  it('shows the main job, and cleans up', async () => {
    const demo = startDemo(stage.content('source', 4_000_000).path);
    const { status, stdout, stderr } = await demo.ended;
    expect({ status, failures: stderr.split('\n').filter((line) => /failed|error/i.test(line)) }).toEqual({
      status: 0,
      failures: [],
    });
    expect(stdout).toMatch(/^file +4\.00 MB$/m);
    expect(stdout).toMatch(/^first subscriber +4\.00 MB in .* MB\/s\)$/m);
    expect(stdout).toMatch(/^second subscriber +4\.00 MB in .* MB\/s\)$/m);
    expect(stdout.match(/^ {2}SHA-256 +equal to the source$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^cache-in +4\.00 MB \(100\.0 % of the file\)$/m);
    expect(stdout).toMatch(/^cache-out +8\.00 MB$/m);
    expect(stdout).toMatch(/^byte hit ratio +50\.0 %$/m);
    await expectNothingLeft(demo);
  });

  it('cleans up when it is interrupted', async () => {
    const demo = startDemo(stage.content('source', 4_000_000).path);
    await demo.line('stderr', /the first subscriber asks/);
    demo.signal('SIGINT');
    expect(await demo.ended).toMatchObject({ status: 130, stdout: '' });
    await expectNothingLeft(demo);
  });

  it('tells in a line that it cannot read the file', async () => {
    const demo = startDemo(stage.path('missing'));
    const { status, stdout, stderr } = await demo.ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^demo: .*missing cannot be read \(ENOENT\); name another file\n$/);
    await expectNothingLeft(demo);
    expect(existsSync(stage.path('missing'))).toBe(false);
  });
});
