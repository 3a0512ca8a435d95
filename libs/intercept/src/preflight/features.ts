import type { RulePlan } from '../rules/plan';
import { ruleScript } from '../rules/script';
import type { Machine } from './machine';
import type { Problem } from './problem';

/** What of the packet filter our rules use, each with a rule that needs nothing else, and the modules that have it. */
const features = [
  { name: 'tproxy', modules: 'nft_tproxy', hook: 'prerouting', rule: 'meta l4proto udp tproxy to :1' },
  { name: 'socket', modules: 'nft_socket', hook: 'prerouting', rule: 'meta l4proto tcp socket transparent 1 accept' },
  { name: 'ct', modules: 'nft_ct nf_conntrack', hook: 'prerouting', rule: 'ct mark 1 accept' },
  { name: 'fib', modules: 'nft_fib_inet', hook: 'prerouting', rule: 'fib daddr type unicast accept' },
] as const;

/** Sets, maps, counters and marks are in every kernel since 4.18: if the features are there, the script as a whole decides. */
export async function featureProblems(plan: RulePlan, { run }: Pick<Machine, 'run'>): Promise<Problem[]> {
  const check = (input: string) => run('nft', { args: ['--check', '-f', '-'], input });
  const whole = await check(ruleScript(plan).text);
  if (whole.ok) return [];
  const problems: Problem[] = [];
  for (const { name, modules, hook, rule } of features) {
    const { ok } = await check(scriptOf(hook, rule));
    if (ok) continue;
    const remedy = `load it with modprobe -a ${modules}, or run a kernel that has it`;
    problems.push({ what: `the kernel's packet filter has no ${name}`, remedy });
  }
  if (problems.length > 0) return problems;
  const [line = 'nft refuses the rules'] = whole.complaint.split('\n').filter((text) => text.trim() !== '');
  return [
    {
      what: `the packet filter refuses the rules: ${line}`,
      remedy: 'run nftables 1.0.6 or later, on Linux 5.10 or later',
    },
  ];
}

function scriptOf(hook: string, rule: string): string {
  const chain = `chain try {\n type filter hook ${hook} priority mangle; policy accept;\n ${rule}\n }`;
  return `table inet weir_try {\n ${chain}\n}\n`;
}
