import { join } from 'node:path';
import { z } from 'zod';
import type { Program } from '../e2e/harness/program';
import { root, Stage } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

const sample = z.object({
  seconds: z.number(),
  subscribers: z.array(z.object({ completed: z.number(), failed: z.number() })),
  deliveredBytes: z.number(),
  outsideBytes: z.number(),
  interception: z.object({ epochSeconds: z.number().nullable() }),
});

describeNamespaces('npm run lab', () => {
  const stage = new Stage();
  afterEach(() => stage.end());

  const start = (...args: string[]) =>
    stage.node(join(root, 'ops/lab.mjs'), args, { isGroup: true, limitMillis: 55_000 });

  it('shows subscribers who are served, as a line of JSON a second, and leaves nothing behind', async () => {
    const lab = start('--json', '--seconds', '6', '--subscribers', '3', '--contents', '1');
    const { status, stdout } = await lab.ended;
    expect(status).toBe(0);
    const samples = stdout
      .trimEnd()
      .split('\n')
      .map((line) => sample.parse(JSON.parse(line)));
    const last = samples.at(-1);
    expect(last?.seconds).toBeGreaterThanOrEqual(6);
    expect(last?.subscribers).toHaveLength(3);
    expect(last?.deliveredBytes).toBeGreaterThan(0);
    expect(last?.outsideBytes).toBeGreaterThan(0);
    expect(samples.some(({ interception }) => interception.epochSeconds !== null)).toBe(true);
    expect(last?.subscribers.every(({ failed }) => failed === 0)).toBe(true);
    expect(namespacesOf(lab)).toEqual([]);
  });

  it('cleans up when it is interrupted, though it is not complete yet', async () => {
    const lab = start('--json', '--subscribers', '1', '--contents', '1');
    await untilTrue('its networks are there', () => namespacesOf(lab).length > 0);
    lab.signal('SIGINT');
    expect((await lab.ended).status).toBe(130);
    expect(namespacesOf(lab)).toEqual([]);
  });

  it('says in a line what it cannot do', async () => {
    const { status, stderr } = await start('--seconds', 'many').ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^lab: --seconds many: write a number\nusage: /),
    });
  });
});

function namespacesOf({ pid }: Program): readonly string[] {
  return Namespace.names().filter((name) => name.startsWith(`weir-${pid}-`));
}
