import type { RunTool } from '../kernel/tool';
import { planRules } from '../rules/plan';
import { interceptOptions } from '../rules/plan.testing';
import type { Machine } from './machine';
import { preflight } from './preflight';
import { describeProblem, unavailable } from './problem';

const plan = planRules(interceptOptions({ inside: ['eth0.7'], outside: ['eth1'] }), true);

const every = '00000000000034ff';

const files: Readonly<Record<string, string>> = {
  'self/status': `Name:\tnode\nCapEff:\t${every}\nCapAmb:\t0000000000000000\n`,
  'net/dev': 'Inter-| Receive\n face |bytes\n    lo: 0\neth0.7: 0 0\n  eth1:12 0\n',
  'sys/net/ipv4/ip_forward': '1\n',
  'sys/net/ipv6/conf/all/forwarding': '1\n',
  'sys/net/ipv4/conf/all/rp_filter': '0\n',
  'sys/net/ipv4/conf/eth0.7/rp_filter': '2\n',
};

/** A kernel that takes every script that matches none of these. */
function kernelWithout(...missing: string[]): RunTool {
  return (_, { input = '' }) => {
    const ok = !missing.some((word) => input.includes(word));
    return Promise.resolve({ ok, stdout: '', complaint: ok ? '' : '/dev/stdin:3:1-9: Error: no such rule\n' });
  };
}

function machine(parts: Partial<Machine> = {}, changed: Readonly<Record<string, string>> = {}): Machine {
  const all = { ...files, ...changed };
  return {
    read: (path) => all[path],
    isRoot: true,
    nativeReason: undefined,
    hasTool: () => true,
    run: kernelWithout(),
    ...parts,
  };
}

const problemsOf = async (on: Machine) => (await preflight(plan, on)).map(describeProblem);

it('finds nothing wrong with a machine that has all', async () => {
  expect(await problemsOf(machine())).toEqual([]);
});

it.each<[string, Machine, string]>([
  ['a tool', machine({ hasTool: (name) => name !== 'nft' }), 'nft is not installed: install the package nftables'],
  ['native sockets', machine({ nativeReason: 'build them' }), 'there are no native sockets: build them'],
  [
    'a capability',
    machine({}, { 'self/status': 'CapEff:\t0000000000001400\n' }),
    'this process lacks CAP_NET_RAW (for transparent sockets): grant it as the systemd unit does',
  ],
  [
    'what its children may',
    machine({ isRoot: false }),
    'CAP_NET_ADMIN does not reach what this process starts: grant it as ambient',
  ],
  [
    'an interface',
    machine({}, { 'net/dev': '  lo: 0\n  eth0.7: 0\n eth2: 0\n' }),
    'intercept.outside names eth1, and there is no such interface: name one of eth0.7, eth2',
  ],
  [
    'forwarding',
    machine({}, { 'sys/net/ipv4/ip_forward': '0\n' }),
    'net/ipv4/ip_forward is 0 (subscribers are cut off where nothing is forwarded): sysctl -w net/ipv4/ip_forward=1',
  ],
  [
    'asymmetric routes',
    machine({}, { 'sys/net/ipv4/conf/eth0.7/rp_filter': '1\n' }),
    'net/ipv4/conf/eth0.7/rp_filter is 1 (strict filtering',
  ],
  [
    'a module',
    machine({ run: kernelWithout('tproxy') }),
    "the kernel's packet filter has no tproxy: load it with modprobe -a nft_tproxy",
  ],
  [
    'something else in the kernel',
    machine({ run: kernelWithout('counter') }),
    'the packet filter refuses the rules: /dev/stdin:3:1-9: Error: no such rule: run nftables',
  ],
])('names %s that is missing, with the remedy', async (_, on, expected) => {
  expect(await problemsOf(on)).toEqual([expect.stringContaining(expected)]);
});

it('lets a process without root be that has ambient capabilities', async () => {
  const status = 'CapEff:\t0000000000003400\nCapAmb:\t0000000000003400\n';
  expect(await problemsOf(machine({ isRoot: false }, { 'self/status': status }))).toEqual([]);
});

it('names all that is wrong at once, and asks the kernel nothing that it may not be asked', async () => {
  const run: RunTool = () => Promise.reject(new TypeError('asked'));
  const bare = machine({ run }, { 'self/status': '', 'sys/net/ipv4/ip_forward': '0' });
  const problems = await preflight(plan, bare);
  expect(problems.map(({ what }) => what.split(' ').slice(0, 4).join(' '))).toEqual([
    'this process lacks CAP_NET_BIND_SERVICE',
    'this process lacks CAP_NET_ADMIN',
    'this process lacks CAP_NET_RAW',
    'net/ipv4/ip_forward is 0 (subscribers',
  ]);
  expect(unavailable(problems)).toMatchObject({ code: 'INTERCEPT_UNAVAILABLE', details: { problems: 4 } });
});

it('does not ask for IPv6 where there is none', async () => {
  const ipv4 = planRules(interceptOptions({ inside: ['eth0.7'] }), false);
  expect(await preflight(ipv4, machine({}, { 'sys/net/ipv6/conf/all/forwarding': '0' }))).toEqual([]);
});
