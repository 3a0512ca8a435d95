import type { SwarmId } from '@weir/ppspp';
import type { RuleBook, RuleChange } from '@weir/store';
import { marksMax } from './limits';

/**
 * Which swarms are in the group of a tracker that has a quota. Trackers name them by the thousand, so that they are written
 * together; and as operators lay none of it down, the oldest marks give way where rules have no more room.
 */
export class TrackerMarks {
  private readonly fresh = new Map<SwarmId, string>();

  constructor(private readonly rules: RuleBook) {}

  /** A tracker named a swarm. True if its mark is the first that waits to be taken; of too many, one waits to be named again. */
  note(swarmId: SwarmId, tracker: string): boolean {
    const { rules, fresh } = this;
    if (!rules.bounds('tracker', tracker) || this.isMarked(swarmId) || fresh.has(swarmId)) return false;
    if (fresh.size < marksMax) fresh.set(swarmId, tracker);
    return fresh.size === 1;
  }

  /** The swarms that are marked as a tracker's. */
  of(tracker: string): SwarmId[] {
    return [...this.rules.swarms].flatMap(([swarmId, rule]) => (rule.tracker === tracker ? [swarmId] : []));
  }

  /** Takes the marks that wait, as changes of rules, with those that make room for them. */
  take(): RuleChange[] {
    const marks = [...this.fresh].filter(([swarmId]) => !this.isMarked(swarmId));
    this.fresh.clear();
    const changes = marks.map(([swarmId, tracker]): RuleChange => {
      return { kind: 'swarm', swarmId, rule: { ...this.rules.swarm(swarmId), tracker } };
    });
    return this.withRoom(changes) ?? [];
  }

  /** Changes, and before them what makes room for them; undefined if there is not enough. */
  withRoom(changes: readonly RuleChange[]): RuleChange[] | undefined {
    const { rules } = this;
    const adding = changes.filter((change) => change.kind === 'swarm' && !rules.swarms.has(change.swarmId)).length;
    const count = adding - rules.swarmRoom;
    const gone = count > 0 ? this.oldest(count) : [];
    if (gone.length < count) return undefined;
    return [...gone.map((swarmId): RuleChange => ({ kind: 'swarm', swarmId, rule: undefined })), ...changes];
  }

  /** Swarms for which nothing but a mark is laid down, the oldest first. */
  private oldest(count: number): SwarmId[] {
    const found: SwarmId[] = [];
    for (const [swarmId, { tracker, ...rest }] of this.rules.swarms) {
      if (found.length === count) break;
      if (tracker !== undefined && Object.values(rest).every((value) => value === undefined)) found.push(swarmId);
    }
    return found;
  }

  private isMarked(swarmId: SwarmId): boolean {
    return this.rules.swarm(swarmId)?.tracker !== undefined;
  }
}
