import type { SwarmId } from '@weir/ppspp';
import { groupRulesMax, jobsKeptMax, swarmRulesMax } from '../limits';
import { type GroupKind, isIdle, type RuleChange, type SwarmRule } from './rule';

/** A quota of a group of swarms. */
export interface GroupQuota {
  readonly kind: GroupKind;
  readonly name: string;
  readonly quotaBytes: number;
}

/** All rules in memory: of the writer, which keeps to them, and of whoever lays them down. */
export class RuleBook {
  private readonly rules = new Map<SwarmId, SwarmRule>();
  private readonly quotas = new Map<string, GroupQuota>();
  private readonly orders = new Map<string, string>();

  constructor(changes: Iterable<RuleChange> = []) {
    for (const change of changes) this.apply(change);
  }

  /** What is laid down for a swarm. */
  swarm(swarmId: SwarmId): SwarmRule | undefined {
    return this.rules.get(swarmId);
  }

  /** Every swarm that something is laid down for. */
  get swarms(): ReadonlyMap<SwarmId, SwarmRule> {
    return this.rules;
  }

  isBlocked(swarmId: SwarmId): boolean {
    return this.rules.get(swarmId)?.blocked !== undefined;
  }

  /** The quotas of labels and trackers. */
  get groups(): Iterable<GroupQuota> {
    return this.quotas.values();
  }

  /** Whether a group has a quota. */
  bounds(kind: GroupKind, name: string): boolean {
    return this.quotas.has(keyOf({ kind, name }));
  }

  /** Jobs by name, as text. */
  get jobs(): ReadonlyMap<string, string> {
    return this.orders;
  }

  /** Every rule, as the change that lays it down. */
  changes(): RuleChange[] {
    const swarms = [...this.rules].map(([swarmId, rule]): RuleChange => ({ kind: 'swarm', swarmId, rule }));
    const jobs = [...this.orders].map(([name, text]): RuleChange => ({ kind: 'job', name, text }));
    return [...swarms, ...this.quotas.values(), ...jobs];
  }

  /** How many more swarms something may be laid down for. */
  get swarmRoom(): number {
    return swarmRulesMax - this.rules.size;
  }

  /** Whether there is room for what a change lays down. What removes or replaces always fits. */
  hasRoomFor(change: RuleChange): boolean {
    switch (change.kind) {
      case 'swarm':
        return change.rule === undefined || this.rules.has(change.swarmId) || this.rules.size < swarmRulesMax;
      case 'job':
        return change.text === undefined || this.orders.has(change.name) || this.orders.size < jobsKeptMax;
      case 'label':
      case 'tracker':
        return change.quotaBytes === undefined || this.quotas.has(keyOf(change)) || this.quotas.size < groupRulesMax;
    }
  }

  apply(change: RuleChange): void {
    switch (change.kind) {
      case 'swarm':
        if (change.rule === undefined || isIdle(change.rule)) this.rules.delete(change.swarmId);
        else this.rules.set(change.swarmId, change.rule);
        break;
      case 'job':
        if (change.text === undefined) this.orders.delete(change.name);
        else this.orders.set(change.name, change.text);
        break;
      case 'label':
      case 'tracker': {
        const { kind, name, quotaBytes } = change;
        if (quotaBytes === undefined) this.quotas.delete(keyOf(change));
        else this.quotas.set(keyOf(change), { kind, name, quotaBytes });
      }
    }
  }
}

function keyOf({ kind, name }: { readonly kind: GroupKind; readonly name: string }): string {
  return `${kind}/${name}`;
}
