import { toolNames } from '../kernel/tool';
import type { RulePlan } from '../rules/plan';
import { sysctlsOf } from '../rules/sysctls';
import { capabilityProblems, mayChangeRules } from './capabilities';
import { featureProblems } from './features';
import type { Machine } from './machine';
import type { Problem } from './problem';

const packages = { nft: 'nftables', ip: 'iproute2' } as const;

/** All that is missing, found without changing anything; nothing, if interception can begin. */
export async function preflight(plan: RulePlan, machine: Machine): Promise<readonly Problem[]> {
  const tools = toolProblems(machine);
  const asksKernel = tools.length === 0 && mayChangeRules(machine);
  return [
    ...tools,
    ...capabilityProblems(machine),
    ...socketProblems(machine),
    ...interfaceProblems(plan, machine),
    ...sysctlProblems(plan, machine),
    ...(asksKernel ? await featureProblems(plan, machine) : []),
  ];
}

function toolProblems({ hasTool }: Machine): Problem[] {
  return toolNames
    .filter((name) => !hasTool(name))
    .map((name) => ({ what: `${name} is not installed`, remedy: `install the package ${packages[name]}` }));
}

function socketProblems({ nativeReason }: Machine): Problem[] {
  if (nativeReason === undefined) return [];
  return [{ what: 'there are no native sockets', remedy: nativeReason }];
}

/** `/proc/net/dev` has a line for each interface of this network namespace, up or down. */
function interfaceProblems({ inside, outside }: RulePlan, { read }: Machine): Problem[] {
  const listing = read('net/dev') ?? '';
  const present = [...listing.matchAll(/^\s*([^\s:]+):/gm)].map(([, name = '']) => name);
  const keys = [...inside.map((name) => ['inside', name]), ...outside.map((name) => ['outside', name])];
  return keys
    .filter(([, name = '']) => !present.includes(name))
    .map(([key = '', name = '']) => ({
      what: `intercept.${key} names ${name}, and there is no such interface`,
      remedy: `name one of ${present.filter((other) => other !== 'lo').join(', ')}`,
    }));
}

function sysctlProblems(plan: RulePlan, { read }: Machine): Problem[] {
  return sysctlsOf(plan).flatMap(({ path, serves, why }) => {
    const value = read(`sys/${path}`)?.trim();
    if (value === undefined || serves.includes(value)) return [];
    return [{ what: `${path} is ${value} (${why})`, remedy: `sysctl -w ${path}=${serves[0]}` }];
  });
}
