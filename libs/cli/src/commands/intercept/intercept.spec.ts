import { writeFileSync } from 'node:fs';
import type { Machine, RunTool } from '@weir/intercept';
import { runCommandLine } from '../../cli.module';
import { temporaryFolder } from '../../content/content.testing';
import { RecordingTerminal } from '../../terminal/terminal.testing';

const folder = temporaryFolder();
const configured = folder.path('weir.yaml');
const without = folder.path('without.yaml');

beforeAll(() => {
  writeFileSync(configured, 'intercept: { enabled: true, inside: [eth0] }\nsubscribers: [100.64.0.0/10]\n');
  writeFileSync(without, 'subscribers: [100.64.0.0/10]\n');
});

/** A machine without rules that takes every command, and remembers it. */
class QuietMachine implements Machine {
  readonly ran: string[] = [];
  readonly isRoot = true;
  readonly nativeReason = undefined;
  refuses = false;
  private readonly files: Readonly<Record<string, string>> = {
    'self/status': 'CapEff:\t000001ffffffffff\n',
    'net/dev': '  lo: 0\n  eth0: 0\n',
    'sys/net/ipv4/ip_forward': '1\n',
  };

  constructor(private readonly changed: Readonly<Record<string, string>> = {}) {}

  readonly read = (path: string): string | undefined => ({ ...this.files, ...this.changed })[path];
  readonly hasTool = (): boolean => true;
  readonly run: RunTool = (name, { args, input }) => {
    this.ran.push([name, ...args, ...(input === undefined ? [] : ['<', input.split('\n')[0]])].join(' '));
    const isListing = args.includes('list') || args.includes('show');
    const ok = !isListing && !(this.refuses && args[0] === '-f');
    return Promise.resolve({ ok, stdout: '', complaint: ok ? '' : 'Error: no\n' });
  };
}

async function weir(machine: Machine, ...args: string[]) {
  const terminal = new RecordingTerminal();
  const argv = ['node', 'weir', 'intercept', ...args];
  const status = await runCommandLine(argv, { applianceEntry: '', version: '0', terminal, machine });
  return { status, printed: terminal.printed, told: terminal.told };
}

describe('weir intercept', () => {
  it('up puts rules in place: routing first, then all of the table at once', async () => {
    const machine = new QuietMachine();
    expect(await weir(machine, 'up', '--config', configured)).toEqual({
      status: 0,
      printed: ['the rules are in place'],
      told: [],
    });
    const changes = machine.ran.filter((line) => !/ show| list|--check/.test(line));
    expect(changes.slice(0, 2)).toEqual([
      'ip -4 route replace local default dev lo table 6778',
      'ip -4 rule add pref 6778 fwmark 0x77650001 lookup 6778',
    ]);
    expect(changes.at(-1)).toBe('nft -f - < add table inet weir');
  });

  it('up names all that is missing, a line each, and changes nothing', async () => {
    const machine = new QuietMachine({ 'net/dev': '  lo: 0\n  ens3: 0\n', 'sys/net/ipv4/ip_forward': '0\n' });
    const { status, printed, told } = await weir(machine, 'up', '--config', configured);
    expect({ status, printed }).toEqual({ status: 2, printed: [] });
    expect(told.slice(0, 2)).toEqual([
      'intercept.inside names eth0, and there is no such interface: name one of ens3',
      'net/ipv4/ip_forward is 0 (subscribers are cut off where nothing is forwarded): sysctl -w net/ipv4/ip_forward=1',
    ]);
    expect(machine.ran.filter((line) => !line.includes('--check'))).toEqual([]);
  });

  it('up fails with 1 where the kernel refuses', async () => {
    const machine = new QuietMachine();
    machine.refuses = true;
    expect(await weir(machine, 'up', '--config', configured)).toMatchObject({
      status: 1,
      told: ['weir: the packet filter refuses our rules: Error: no'],
    });
  });

  it('up needs interception to be configured', async () => {
    expect(await weir(new QuietMachine(), 'up', '--config', without)).toMatchObject({
      status: 2,
      told: [expect.stringContaining('set intercept.enabled to true')],
    });
  });

  it.each([
    ['with a configuration', ['--config', 'nowhere.yaml']],
    ['without', []],
  ])('down removes the table first, %s', async (_, args) => {
    const machine = new QuietMachine();
    expect(await weir(machine, 'down', '--json', ...args)).toEqual({
      status: 0,
      printed: ['{"removed":true}'],
      told: [],
    });
    expect(machine.ran[0]).toBe('nft -f - < add table inet weir');
  });

  it('status says that there are no rules', async () => {
    const { status, printed, told } = await weir(new QuietMachine(), 'status', '--config', configured);
    expect(printed).toEqual(['rules     absent', 'epoch     none lives: nothing is diverted']);
    expect({ status, told }).toEqual({
      status: 1,
      told: ['weir: there are no rules; weir intercept up puts them in place'],
    });
  });

  it('print shows what would be applied, and changes nothing', async () => {
    const machine = new QuietMachine();
    const { status, printed } = await weir(machine, 'print', '--config', configured);
    expect(status).toBe(0);
    expect(printed[0]).toBe('# nft -f -');
    expect(printed).toContain('table inet weir {');
    expect(printed.at(-1)).toBe('net/ipv4/conf/eth0/rp_filter = 0');
    expect(machine.ran).toEqual([]);
    const [line = ''] = (await weir(machine, 'print', '--json', '--config', configured)).printed;
    const { nft, ip }: { readonly nft: string; readonly ip: readonly string[] } = JSON.parse(line);
    expect(nft).toContain('chain divert');
    expect(ip[0]).toBe('ip -4 route replace local default dev lo table 6778');
  });

  it('print --sysctl has nothing to say where nothing is intercepted', async () => {
    const sysctls = (file: string) => weir(new QuietMachine(), 'print', '--sysctl', '--config', file);
    expect((await sysctls(configured)).printed[0]).toBe('net/ipv4/ip_forward = 1');
    expect(await sysctls(without)).toEqual({ status: 0, printed: [], told: [] });
  });

  it.each([
    [[], 'name what to do: write up, down, status, print or test'],
    [['pu'], 'there is no "pu": write up, down'],
    [['up', 'now'], "too many arguments for 'up'"],
  ])('explains %j', async (args, expected) => {
    expect(await weir(new QuietMachine(), ...args)).toMatchObject({
      status: 2,
      told: [expect.stringContaining(expected)],
    });
  });
});
