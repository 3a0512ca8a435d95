import { epochBase, epochBits, epochTickMillis } from '@weir/datagram';
import { counterNames, livingMap, tableName } from '../rules/names';
import type { RulePlan } from '../rules/plan';
import { routingsOf } from '../rules/routes';
import { ruleScript, type RuleScript } from '../rules/script';
import { hasRoute, hasRule } from './apply';
import { isJsonObject, jsonOfKind, type JsonObject } from './json';
import type { RunTool } from './tool';

/** What the kernel counted by one counter. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** A living epoch: new flows from this interface are diverted. */
export interface LivingEpoch {
  readonly interface: string;
  readonly epoch: number;
  /** Since it was begun. */
  readonly ageMillis: number;
}

/** What of ours is in the kernel. */
export interface RulesState {
  readonly rules: 'absent' | 'as configured' | 'different';
  /** What is missing, or not as configured: a line each. */
  readonly differences: readonly string[];
  readonly epochs: readonly LivingEpoch[];
  /** By name; none where there is no table. */
  readonly counters: Readonly<Record<string, Count>>;
}

/** Compares what is in the kernel with what was configured. `now`: the monotonic clock in whole microseconds. */
export async function inspectRules(plan: RulePlan, run: RunTool, now: number): Promise<RulesState> {
  const { ok, stdout } = await run('nft', { args: ['-j', 'list', 'table', 'inet', tableName] });
  const differences = [
    ...(ok ? tableDifferences(stdout, ruleScript(plan)) : []),
    ...(await routingDifferences(plan, run)),
  ];
  const rules = !ok ? 'absent' : differences.length === 0 ? 'as configured' : 'different';
  const epochs = jsonOfKind(stdout, 'map')
    .filter(({ name }) => name === livingMap)
    .flatMap((map) => epochsOf(map, now));
  return { rules, differences: ok ? differences : [], epochs, counters: countersOf(stdout) };
}

/** The kernel's counters; undefined where there is no table of ours. */
export async function readCounters(run: RunTool): Promise<Readonly<Record<string, Count>> | undefined> {
  const { ok, stdout } = await run('nft', { args: ['-j', 'list', 'counters', 'table', 'inet', tableName] });
  return ok ? countersOf(stdout) : undefined;
}

function countersOf(listing: string): Readonly<Record<string, Count>> {
  const counts = jsonOfKind(listing, 'counter').map(({ name, packets, bytes }): [string, Count] => {
    return [String(name), { packets: Number(packets), bytes: Number(bytes) }];
  });
  return Object.fromEntries(counts.filter(([name]) => counterNames.includes(name)));
}

/** Another configuration shows in the fingerprint, somebody's hand in the number of rules. */
function tableDifferences(listing: string, script: RuleScript): string[] {
  const chains = new Set(jsonOfKind(listing, 'chain').map(({ name }) => String(name)));
  if (!chains.has(script.fingerprint)) return ['the rules are of another configuration or version'];
  const rules = jsonOfKind(listing, 'rule').map(({ chain }) => String(chain));
  const sets = new Set([...jsonOfKind(listing, 'set'), ...jsonOfKind(listing, 'map')].map(({ name }) => String(name)));
  return [
    ...[...script.rules].flatMap(([chain, count]) => {
      const there = rules.filter((name) => name === chain).length;
      return there === count ? [] : [`chain ${chain} has ${String(there)} rules, not ${String(count)}`];
    }),
    ...[...chains].filter((chain) => !script.rules.has(chain)).map((chain) => `chain ${chain} is not ours`),
    ...script.sets.filter((name) => !sets.has(name)).map((name) => `set ${name} is missing`),
  ];
}

async function routingDifferences(plan: RulePlan, run: RunTool): Promise<string[]> {
  const differences: string[] = [];
  for (const routing of routingsOf(plan)) {
    if (!(await hasRule(routing, run))) differences.push(`ip ${routing.addRule.join(' ')} is missing`);
    if (!(await hasRoute(routing, run))) differences.push(`ip ${routing.replaceRoute.join(' ')} is missing`);
  }
  return differences;
}

/** Of a map with a timeout, `nft` lists `[{ "elem": { "val": KEY, ... } }, VALUE]` for each element. */
function epochsOf({ elem }: JsonObject, now: number): LivingEpoch[] {
  if (!Array.isArray(elem)) return [];
  return elem.flatMap((pair: unknown): LivingEpoch[] => {
    if (!Array.isArray(pair)) return [];
    const key: unknown = pair[0];
    const value: unknown = pair[1];
    const inner = isJsonObject(key) && isJsonObject(key['elem']) ? key['elem']['val'] : key;
    return typeof value !== 'number' ? [] : [{ interface: String(inner), epoch: value, ageMillis: ageOf(value, now) }];
  });
}

/** An epoch is the time at which it was begun, in ticks. */
function ageOf(epoch: number, now: number): number {
  const ticks = 2 ** epochBits;
  const tick = Math.floor(now / (epochTickMillis * 1_000)) % ticks;
  return ((((tick - (epoch - epochBase)) % ticks) + ticks) % ticks) * epochTickMillis;
}
