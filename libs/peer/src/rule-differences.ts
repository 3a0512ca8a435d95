import { isDeepStrictEqual } from 'node:util';
import type { RuleBook, RuleChange } from '@weir/store';

/** The changes that make of one book the other. */
export function differences(from: RuleBook, to: RuleBook): RuleChange[] {
  const before = new Map(from.changes().map((change) => [nameOf(change), change]));
  const after = new Map(to.changes().map((change) => [nameOf(change), change]));
  const gone = [...before].flatMap(([name, change]) => (after.has(name) ? [] : [removalOf(change)]));
  const fresh = [...after].filter(([name, change]) => !isDeepStrictEqual(before.get(name), change));
  return [...gone, ...fresh.map(([, change]) => change)];
}

function nameOf(change: RuleChange): string {
  return `${change.kind}/${change.kind === 'swarm' ? change.swarmId : change.name}`;
}

function removalOf(change: RuleChange): RuleChange {
  switch (change.kind) {
    case 'swarm':
      return { ...change, rule: undefined };
    case 'job':
      return { ...change, text: undefined };
    case 'label':
    case 'tracker':
      return { ...change, quotaBytes: undefined };
  }
}
