import { divertedMark, routingTable } from '@weir/datagram';
import { rulePreference } from './names';
import type { RulePlan } from './plan';
import { mark } from './sets';

/** Of a family, what `ip` is told: that what is diverted is delivered to this machine, whomever it was meant for. */
export interface Routing {
  readonly flag: '-4' | '-6';
  /** `rule add`, which fails if the rule is there. */
  readonly addRule: readonly string[];
  /** `rule delete`, which removes one such rule, of whatever preference, and fails if there is none. */
  readonly deleteRule: readonly string[];
  readonly showRules: readonly string[];
  readonly replaceRoute: readonly string[];
  readonly showRoutes: readonly string[];
  /** Fails if the table is empty. */
  readonly flushRoutes: readonly string[];
}

const table = String(routingTable);

/** Policy routing of both families, or of IPv4 alone where there is no IPv6. */
export function routingsOf({ ipv6 }: Pick<RulePlan, 'ipv6'>): readonly Routing[] {
  return ipv6 ? [routing('-4'), routing('-6')] : [routing('-4')];
}

function routing(flag: '-4' | '-6'): Routing {
  const rule = ['fwmark', mark(divertedMark), 'lookup', table];
  return {
    flag,
    addRule: [flag, 'rule', 'add', 'pref', String(rulePreference), ...rule],
    deleteRule: [flag, 'rule', 'delete', ...rule],
    showRules: ['-j', flag, 'rule', 'show'],
    replaceRoute: [flag, 'route', 'replace', 'local', 'default', 'dev', 'lo', 'table', table],
    showRoutes: ['-j', flag, 'route', 'show', 'table', table],
    flushRoutes: [flag, 'route', 'flush', 'table', table],
  };
}
