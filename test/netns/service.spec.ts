import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Program } from '../e2e/harness/program';
import { root, Stage } from '../e2e/harness/stage';
import { connect, endOf, Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

const unit = readFileSync(join(root, 'ops/systemd/weir.service'), 'utf8');
const weir = `${process.execPath} ${join(root, 'bin/weir.js')}`;
/** Whoever has no privileges anywhere. */
const nobody = 65_534;

/** Command lines of the unit. */
function commands(key: string): string[] {
  return [...unit.matchAll(RegExp(`^${key}=[-+]*(.*)$`, 'gm'))].map(([, line = '']) => line);
}

/** In the words of `setpriv`. */
function capabilities(): string {
  const [, list = ''] = /^AmbientCapabilities=(.*)$/m.exec(unit) ?? [];
  return ['-all', ...list.split(' ').map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)].join();
}

describeNamespaces('the unit, run as systemd would', () => {
  const stage = new Stage();
  let subscriber: Namespace;
  let pop: Namespace;
  let manager: ChildProcess | undefined;
  let words: AsyncIterator<string>;

  beforeAll(async () => {
    [subscriber, pop] = [new Namespace('subscriber'), new Namespace('pop')];
    connect(subscriber, pop);
    pop.configure([`address add 10.94.0.1/24 dev ${endOf(subscriber)}`]);
    const config = [
      'subscribers: [10.94.0.0/24, "fd94::/64"]',
      'ppspp: { listen: ["10.94.0.1:6778"] }',
      `store: { path: ${stage.path('store')}, capacity: 10MiB }`,
      'datapath: { threads: 2 }',
      `intercept: { enabled: true, inside: [${endOf(subscriber)}] }`,
    ];
    writeFileSync(stage.path('weir.yaml'), config.join('\n'));
    mkdirSync(stage.path('store'));
    chownSync(stage.path('store'), nobody, nobody);
    chmodSync(dirname(stage.path('store')), 0o755);
    manager = spawn('python3', [join(__dirname, 'service-manager.py'), stage.path('notify')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (manager.stdout) words = createInterface(manager.stdout)[Symbol.asyncIterator]();
    expect(await words.next()).toMatchObject({ value: 'bound' });
  });

  afterAll(async () => {
    await stage.end();
    manager?.kill('SIGKILL');
    for (const one of [subscriber, pop]) await one.end();
  });

  const here = (line: string): string =>
    line.replaceAll('/opt/weir/current/bin/weir', weir).replaceAll('/etc/weir/weir.yaml', stage.path('weir.yaml'));

  /** As the unit's lines with `+`: root, in the network of the service. */
  function asRoot(line: string): { readonly status: number | null; readonly stderr: string } {
    const [command = '', ...launcher] = pop.launcher;
    const { status, stderr } = spawnSync(command, [...launcher, 'sh', '-c', here(line)], { encoding: 'utf8' });
    return { status, stderr };
  }

  function start(): Program {
    const [line = ''] = commands('ExecStart');
    const args = here(line).split(' ').slice(2);
    const caps = capabilities();
    const user = ['--reuid', nobody, '--regid', nobody].map(String);
    const sets = ['--inh-caps', caps, '--ambient-caps', caps, '--bounding-set', caps];
    const launcher = [...pop.launcher, 'setpriv', ...user, '--clear-groups', '--no-new-privs', ...sets];
    const env = { NOTIFY_SOCKET: stage.path('notify'), WATCHDOG_USEC: '2000000' };
    return stage.weir(args, { launcher, env });
  }

  /** Words of a service up to the one that is waited for. */
  function until(word: string, service: Program): Promise<string[]> {
    const ended = service.ended.then(({ stdout, stderr }) => {
      throw new Error(`the service ended without ${word}: ${stdout}${stderr}`);
    });
    return Promise.race([wordsUpTo(word), ended]);
  }

  async function wordsUpTo(word: string): Promise<string[]> {
    const heard: string[] = [];
    for (let next = await words.next(); next.done !== true; next = await words.next()) {
      heard.push(next.value);
      if (next.value === word) break;
    }
    return heard;
  }

  const rules = (): string => pop.run('nft list tables') + pop.run('ip rule') + pop.run('ip -6 rule');

  it('sets what the kernel must be told, and no rule', () => {
    const before = rules();
    for (const line of commands('ExecStartPre').filter((line) => line.includes('sysctl')))
      expect(asRoot(line)).toEqual({ status: 0, stderr: '' });
    expect(pop.run('sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding')).toBe('1\n1\n');
    expect(rules()).toBe(before);
  });

  it('brings up interception without root, says so, lives, and leaves nothing behind', async () => {
    const before = rules();
    const service = start();
    expect(await until('READY=1', service)).toEqual(['READY=1']);
    expect((await until('STATUS=ready', service)).slice(-2)).toEqual(['WATCHDOG=1', 'STATUS=ready']);
    expect(pop.run('nft list map inet weir living')).toContain(`"${endOf(subscriber)}"`);
    expect(await until('WATCHDOG=1', service)).toEqual(['WATCHDOG=1']);
    const status = pop
      .run(`ip netns pids ${pop.name}`)
      .split('\n')
      .map((pid) => (pid === '' ? '' : readStatus(pid)))
      .find((text) => text.startsWith('Name:\tnode'));
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(RegExp(`^${set}:\t0+3400$`, 'm'));
    service.signal('SIGTERM');
    await wordsUpTo('STOPPING=1');
    expect(await service.ended).toMatchObject({ status: 0 });
    expect(rules()).toBe(before);
  });

  it('leaves nothing behind when it is killed, either', async () => {
    const before = rules();
    const service = start();
    await until('STATUS=ready', service);
    await service.kill();
    expect(rules()).toContain('inet weir');
    const [line = ''] = commands('ExecStopPost');
    expect(asRoot(line)).toEqual({ status: 0, stderr: '' });
    expect(asRoot(line)).toEqual({ status: 0, stderr: '' });
    expect(rules()).toBe(before);
  });
});

function readStatus(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
