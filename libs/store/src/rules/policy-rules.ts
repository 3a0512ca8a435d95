import type { CachePolicy } from '@weir/policy';
import type { SwarmId } from '@weir/ppspp';
import { numberOf } from '../swarm-key';
import type { GroupKind, RuleChange, SwarmRule } from './rule';
import type { RuleBook } from './rule-book';

/** Hands to the policy what operators lay down of pins and quotas. */
export class PolicyRules {
  constructor(
    private readonly policy: CachePolicy,
    private readonly keyOf: (swarmId: SwarmId) => number,
  ) {}

  /**
   * Hands over all of it, to a policy that knows of none. What is pinned has a group of its own, of `pinnedBytesMax`: pins of swarms that
   * are yet to come could take the whole store otherwise, and nothing else would ever be taken.
   */
  begin(book: RuleBook, pinnedBytesMax: number): void {
    this.policy.limit(pinnedGroup, pinnedBytesMax);
    for (const { kind, name, quotaBytes } of book.groups) this.policy.limit(groupOf(kind, name), quotaBytes);
    for (const [swarmId, rule] of book.swarms) this.layDown(swarmId, rule);
  }

  /** Hands over a change. What is over a quota that was lowered leaves at once. */
  apply(change: RuleChange): void {
    switch (change.kind) {
      case 'swarm':
        return this.layDown(change.swarmId, change.rule ?? {});
      case 'label':
      case 'tracker':
        return this.policy.limit(groupOf(change.kind, change.name), change.quotaBytes);
      case 'job':
        return;
    }
  }

  private layDown(swarmId: SwarmId, { pinned = false, label, tracker, quotaBytes }: SwarmRule): void {
    const key = this.keyOf(swarmId);
    const own = groupOf('swarm', swarmId);
    const groups = [
      ...(quotaBytes === undefined ? [] : [own]),
      ...(label === undefined ? [] : [groupOf('label', label)]),
      ...(tracker === undefined ? [] : [groupOf('tracker', tracker)]),
      ...(pinned ? [pinnedGroup] : []),
    ];
    this.policy.limit(own, quotaBytes);
    // What is here and pinned stays: it must not leave on its way into its group.
    if (pinned) this.policy.pin(key, true);
    this.policy.assign(key, groups);
    if (!pinned) this.policy.pin(key, false);
  }
}

/** All that is pinned. */
const pinnedGroup = numberOf('pinned');

/** The number by which the policy knows a group. */
function groupOf(kind: GroupKind | 'swarm', name: string): number {
  return numberOf(`${kind}/${name}`);
}
