import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, endOf, Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

const script = resolve(__dirname, '../../ops/nftables/weir-router.sh');
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
  let subscriber: Namespace;
  let router: Namespace;
  let internet: Namespace;
  let appliance: Namespace;
  let server: ChildProcess | undefined;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [subscriber, router, internet, appliance] = [
      new Namespace('subscriber'),
      new Namespace('router'),
      new Namespace('internet'),
      new Namespace('appliance'),
    ];
    for (const [index, other] of [subscriber, internet, appliance].entries()) {
      connect(router, other);
      const [near, far] = [endOf(other), endOf(router)];
      router.configure([
        `address add 10.93.${index}.1/24 dev ${near}`,
        `address add fd93:${index}::1/64 dev ${near} nodad`,
      ]);
      other.configure([
        ...[`address add 10.93.${index}.2/24 dev ${far}`, `address add fd93:${index}::2/64 dev ${far} nodad`],
        ...[`route add default via 10.93.${index}.1`, `route add default via fd93:${index}::1`],
      ]);
    }
    for (const one of [router, appliance])
      for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1', 'ipv4.conf.all.send_redirects=0'])
        one.run(`sysctl -qw net.${setting}`);
    appliance.run('nft -f -', counting);
    env = {
      ...process.env,
      WEIR_ROUTER: '/dev/null',
      INSIDE: endOf(subscriber),
      OUTSIDE: endOf(internet),
      LEG: endOf(appliance),
      SUBSCRIBERS4: '10.93.0.0/24, 10.99.0.0/16',
      SUBSCRIBERS6: 'fd93:0::/64',
      APPLIANCE4: '10.93.2.2',
      APPLIANCE6: 'fd93:2::2',
      TRACKERS4: '10.93.1.9',
    };
    server = start(internet, [process.execPath, echo, 'serve']);
    if (server.stdout) await once(server.stdout, 'data');
  });

  afterAll(async () => {
    server?.kill('SIGKILL');
    for (const one of [subscriber, router, internet, appliance]) await one.end();
  });

  function start({ launcher: [command = '', ...words] }: Namespace, args: readonly string[]): ChildProcess {
    return spawn(command, [...words, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  function route(task: string): void {
    const [command = '', ...words] = router.launcher;
    expect(spawnSync(command, [...words, script, task], { env, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  }

  /** Datagrams that crossed the appliance while a subscriber asked and was answered. */
  function detour(ip: string): number {
    const before = crossed();
    subscriber.run(`${process.execPath} ${echo} ask ${ip}`);
    return crossed() - before;
  }

  const crossed = (): number =>
    Number(/packets (\d+)/.exec(appliance.run('nft list counter inet detour crossed'))?.[1]);

  it.each(['10.93.1.2', 'fd93:1::2'])('leads question and answer there, and leaves nothing behind, to %s', (ip) => {
    const rules = router.run('ip rule') + router.run('ip -6 rule');
    expect(detour(ip)).toBe(0);
    route('up');
    route('up');
    expect(detour(ip)).toBe(2);
    route('down');
    route('down');
    expect(detour(ip)).toBe(0);
    expect(router.run('ip rule') + router.run('ip -6 rule')).toBe(rules);
    expect(router.run('nft list tables')).toBe('');
  });

  it('goes past it when its machine is gone, and back when it answers', async () => {
    const watch = start(router, [script, 'watch']);
    const lines = watch.stdout === null ? undefined : createInterface(watch.stdout)[Symbol.asyncIterator]();
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('goes by way of') });
    expect(detour('10.93.1.2')).toBe(2);
    appliance.run(`ip link set ${endOf(router)} down`);
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('all goes past it') });
    expect([detour('10.93.1.2'), detour('fd93:1::2')]).toEqual([0, 0]);
    appliance.run(`ip link set ${endOf(router)} up`);
    appliance.configure([
      ...[`address replace fd93:2::2/64 dev ${endOf(router)} nodad`],
      ...['route replace default via 10.93.2.1', 'route replace default via fd93:2::1'],
    ]);
    expect(await lines?.next()).toMatchObject({ value: expect.stringContaining('the appliance answers') });
    expect(detour('10.93.1.2')).toBe(2);
    watch.kill('SIGTERM');
    await once(watch, 'exit');
    expect(router.run('nft list tables')).toBe('');
  });
});
