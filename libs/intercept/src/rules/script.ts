import { createHash } from 'node:crypto';
import { counterNames, tableName } from './names';
import type { RulePlan } from './plan';
import { setsOf, type NamedSet } from './sets';
import { chainsOf, type Chain } from './table';

/** What the packet filter is told, as a whole. */
export interface RuleScript {
  /** For `nft -f -`: one transaction that replaces our table, whatever it was before, and touches no other. */
  readonly text: string;
  /** An empty chain whose name tells what the table was made from. */
  readonly fingerprint: string;
  /** How many rules each chain has. */
  readonly rules: ReadonlyMap<string, number>;
  readonly sets: readonly string[];
}

/** Removes our table: one transaction, in order even if there is none. */
export const removalScript = `add table inet ${tableName}\ndelete table inet ${tableName}\n`;

/** From what was configured to what the packet filter is told. Equal plans make equal scripts. */
export function ruleScript(plan: RulePlan): RuleScript {
  const sets = setsOf(plan);
  const chains = chainsOf(plan);
  const body = [...counterNames.map(renderCounter), ...sets.map(renderSet), ...chains.map(renderChain)].join('');
  const fingerprint = `made_of_${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
  const all = [...chains, { name: fingerprint, rules: [] }];
  return {
    text: `${removalScript}table inet ${tableName} {\n${body}  chain ${fingerprint} {\n  }\n}\n`,
    fingerprint,
    rules: new Map(all.map(({ name, rules }): [string, number] => [name, rules.length])),
    sets: sets.map(({ name }) => name),
  };
}

function renderCounter(name: string): string {
  return `  counter ${name} {\n  }\n`;
}

function renderSet({ kind, name, lines }: NamedSet): string {
  return `  ${kind} ${name} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
}

function renderChain({ name, hook, rules }: Chain): string {
  const head = hook === undefined ? [] : [`${hook}; policy accept;`];
  return `  chain ${name} {\n${[...head, ...rules].map((line) => `    ${line}\n`).join('')}  }\n`;
}
