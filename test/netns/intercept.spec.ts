import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

const main = resolve(__dirname, '../../dist/apps/weir/src/main.js');

/** Who may do nothing that it is not given. */
const nobody = 65_534;

describeNamespaces('weir intercept', () => {
  let pop: Namespace;
  const folder = mkdtempSync(join(tmpdir(), 'weir-intercept-'));
  const config = join(folder, 'weir.yaml');

  beforeAll(() => {
    // Who has no rights reads the configuration, too.
    chmodSync(folder, 0o755);
    pop = new Namespace('cli');
    pop.configure(['link add in0 type veth peer name in1', 'link set in0 up', 'link set in1 up']);
    for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1']) pop.run(`sysctl -qw net.${setting}`);
    writeFileSync(config, 'intercept: { enabled: true, inside: [in0] }\nsubscribers: [10.93.0.0/24, "fd93::/64"]\n');
  });
  afterAll(async () => {
    await pop.end();
    rmSync(folder, { recursive: true });
  });

  /** Starts it in the PoP; `launcher` stands before the program. */
  function start(launcher: readonly string[], ...args: string[]) {
    return spawn('ip', [
      ...pop.launcher.slice(1),
      ...launcher,
      execPath,
      main,
      'intercept',
      ...args,
      '--config',
      config,
    ]);
  }

  async function weir(...args: string[]) {
    return finished(start([], ...args));
  }

  async function finished(child: ReturnType<typeof start>) {
    let [printed, told] = ['', ''];
    child.stdout.on('data', (text) => (printed += String(text)));
    child.stderr.on('data', (text) => (told += String(text)));
    await once(child, 'close');
    return { status: child.exitCode, printed, told };
  }

  /** Network interfaces, elements of sets and namespaces that a test makes. */
  function leftovers(): string {
    const links = pop.run('ip -br link').match(/weir-probe\S*/g) ?? [];
    const elements = pop.run('nft list table inet weir').match(/elements = \{ "?(?:weir-probe0|198\.18).*/g) ?? [];
    return [...links, ...elements].join('\n');
  }

  const setpriv = (...capabilities: string[]): string[] => {
    const named = capabilities.map((name) => `+${name}`).join(',');
    const ids = ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];
    return capabilities.length === 0 ? ids : [...ids, '--inh-caps', named, '--ambient-caps', named];
  };

  it('needs rules to test', async () => {
    expect(await weir('test')).toMatchObject({ status: 1, told: expect.stringContaining('the rules are absent') });
  });

  it('names each capability that is missing, and needs no root where they are ambient', async () => {
    const without = await finished(start(setpriv(), 'up'));
    expect(without).toMatchObject({ status: 2, printed: '' });
    for (const name of ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_NET_BIND_SERVICE'])
      expect(without.told).toContain(`this process lacks ${name}`);
    const all = ['net_admin', 'net_raw', 'net_bind_service'];
    expect(await finished(start(setpriv(...all), 'up'))).toMatchObject({ status: 0, told: '' });
    expect(await finished(start(setpriv(...all), 'status'))).toMatchObject({ status: 0, told: '' });
  });

  it('finds the rules as configured, and leaves them when they are put in place again', async () => {
    expect(await weir('status')).toMatchObject({ status: 0, printed: expect.stringContaining('as configured') });
    const before = pop.run('nft -a list table inet weir');
    expect(await weir('up')).toMatchObject({ status: 0, printed: 'the rules were in place already\n' });
    expect(pop.run('nft -a list table inet weir')).toBe(before);
  });

  it('proves that new flows pass when the appliance hangs or dies, and leaves nothing behind', async () => {
    const { status, printed, told } = await weir('test', '--json');
    expect({ status, told }).toEqual({ status: 0, told: '' });
    expect(JSON.parse(printed)).toMatchObject({ passed: true, gaps: [{ fault: 'SIGSTOP' }, { fault: 'SIGKILL' }] });
    expect(leftovers()).toBe('');
  });

  it('cleans up when it is interrupted', async () => {
    const monitor = spawn('ip', [...pop.launcher.slice(1), 'ip', 'monitor', 'link'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const child = start([], 'test', '--json');
    const ended = finished(child);
    child.once('exit', () => monitor.kill());
    for await (const event of createInterface(monitor.stdout)) if (event.includes('weir-probe1')) break;
    monitor.kill();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ status: 130, printed: '' });
    expect(leftovers()).toBe('');
  });

  it('finds rules that give a mark which outlives its epoch', async () => {
    const chain = pop.run('nft -a list chain inet weir begin');
    const handle = /iifname map @living goto steer # handle (\d+)/.exec(chain)?.[1];
    const rule = 'ct mark set 0x77700001 goto steer';
    pop.run('nft -f -', `replace rule inet weir begin handle ${String(handle)} ${rule}\n`);
    expect(await weir('test')).toMatchObject({
      status: 1,
      told: expect.stringContaining('no HANDSHAKE reaches its far end'),
    });
    expect(leftovers()).toBe('');
  });

  it('takes everything down, whether anything is there or not', async () => {
    expect(await weir('down')).toMatchObject({ status: 0 });
    expect(await weir('down')).toMatchObject({ status: 0 });
    expect(pop.run('nft list tables')).toBe('');
    expect(pop.run('ip rule show')).not.toContain('6778');
  });
});
