import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Detour } from './detour';
import { endOf } from './namespaces';
import { describeNamespaces } from './obstacle';

const echo = join(__dirname, 'echo.mjs');

/** What crosses the appliance's machine, which forwards as a router does. */
const counting = `
table inet detour {
  counter crossed { }
  chain through { type filter hook forward priority filter; policy accept; meta l4proto udp counter name crossed; }
}
`;

jest.setTimeout(40_000);

describeNamespaces('a Linux router that leads UDP by way of an appliance', () => {
  let detour: Detour;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    detour = new Detour();
    await detour.settle();
    detour.appliance.run('nft -f -', counting);
    const [command = '', ...words] = detour.internet.launcher;
    server = spawn(command, [...words, process.execPath, echo, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (server.stdout) await once(server.stdout, 'data');
  });

  afterAll(async () => {
    server?.kill('SIGKILL');
    await detour.end();
  });

  /** Datagrams that crossed the appliance while a subscriber asked and was answered. */
  function crossing(ip: string): number {
    const before = crossed();
    detour.subscriber.run(`${process.execPath} ${echo} ask ${ip}`);
    return crossed() - before;
  }

  const crossed = (): number =>
    Number(/packets (\d+)/.exec(detour.appliance.run('nft list counter inet detour crossed'))?.[1]);

  it.each(['10.93.1.2', 'fd93:1::2'])('leads question and answer there, and leaves nothing behind, to %s', (ip) => {
    const { router } = detour;
    const well = { status: 0, stderr: '' };
    const rules = router.run('ip rule') + router.run('ip -6 rule');
    expect(crossing(ip)).toBe(0);
    expect([detour.route('up'), detour.route('up')]).toEqual([well, well]);
    expect(crossing(ip)).toBe(2);
    expect([detour.route('down'), detour.route('down')]).toEqual([well, well]);
    expect(crossing(ip)).toBe(0);
    expect(router.run('ip rule') + router.run('ip -6 rule')).toBe(rules);
    expect(router.run('nft list tables')).toBe('');
  });

  it('goes past it when its machine is gone, and back when it answers', async () => {
    const { appliance, router } = detour;
    const watch = detour.start('watch');
    const lines = watch.stdout === null ? undefined : createInterface(watch.stdout)[Symbol.asyncIterator]();
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('goes by way of') });
    expect(crossing('10.93.1.2')).toBe(2);
    appliance.run(`ip link set ${endOf(router)} down`);
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('all goes past it') });
    expect([crossing('10.93.1.2'), crossing('fd93:1::2')]).toEqual([0, 0]);
    appliance.run(`ip link set ${endOf(router)} up`);
    appliance.configure([
      ...[`address replace fd93:2::2/64 dev ${endOf(router)} nodad`],
      ...['route replace default via 10.93.2.1', 'route replace default via fd93:2::1'],
    ]);
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('the appliance answers') });
    expect(crossing('10.93.1.2')).toBe(2);
    watch.kill('SIGTERM');
    await once(watch, 'exit');
    expect(router.run('nft list tables')).toBe('');
  });
});
