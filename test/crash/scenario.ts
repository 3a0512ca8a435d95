import type { RuleChange } from '@weir/store';
import type { Content } from './contents';
import type { Dice } from './dice';

/** What one life of a process is to do, and the moment of its death. */
export interface Life {
  readonly directory: string;
  readonly journal: string;
  readonly seed: number;
  readonly capacityBytes: number;
  /** Memory for what is on probation. */
  readonly probationBytes: number;
  /** The writer's thread ends the process at its so-manyth change of the tables; 0: it does not. */
  readonly killAtPoint: number;
  /** The same, when it has given so many runs of pages back to the disk. */
  readonly killAtRun: number;
  /** How large the disk is, on which somebody else comes and goes; 0: it is the machine's. */
  readonly diskBytes: number;
  /** Rules are laid down. */
  readonly hasOperator: boolean;
  /** The store is scrubbed, over and over. */
  readonly scrubs: boolean;
  /** What subscribers ask for is recorded, in files that are soon full; nowhere, if undefined. */
  readonly recording: string | undefined;
  /** It stops by itself, cleanly, after so many answers; 0: it does not. */
  readonly answersToStop: number;
}

/** One thing a client does. */
export type Deed =
  | { readonly type: 'write'; readonly content: Content; readonly first: number; readonly count: number }
  | {
      readonly type: 'use';
      readonly content: Content;
      readonly first: number;
      readonly count: number;
      readonly by: number;
    }
  | { readonly type: 'erase'; readonly content: Content; readonly index: number }
  | { readonly type: 'purge'; readonly content: Content }
  | { readonly type: 'rule'; readonly content: Content; readonly change: RuleChange };

/** What a client does next: mostly it writes, as a fetch does, from somewhere on. */
export function nextDeed(dice: Dice, contents: readonly Content[], hasOperator: boolean): Deed {
  const content = contents[dice.below(contents.length)] ?? mustExist();
  const first = dice.below(content.extentCount);
  const count = 1 + dice.below(Math.min(8, content.extentCount - first));
  const what = dice.share();
  if (what < 0.6) return { type: 'write', content, first, count };
  if (what < 0.88) return { type: 'use', content, first, count, by: 1 + dice.below(4) };
  if (what < 0.94 && hasOperator) return { type: 'rule', content, change: anyRule(dice, content.swarmId) };
  if (what < 0.97) return { type: 'erase', content, index: first };
  return { type: 'purge', content };
}

/** Half of all rules are taken back, so that most contents are free most of the time. */
function anyRule(dice: Dice, swarmId: string): RuleChange {
  const number = dice.below(1_000_000);
  const what = dice.share();
  if (what < 0.5) return { kind: 'swarm', swarmId, rule: undefined };
  if (what < 0.6) return { kind: 'swarm', swarmId, rule: { pinned: true } };
  if (what < 0.7) return { kind: 'swarm', swarmId, rule: { quotaBytes: 100_000 + number } };
  if (what < 0.8)
    return { kind: 'swarm', swarmId, rule: { blocked: { reason: 'a test', since: number, bytes: 0, extents: 0 } } };
  if (what < 0.9)
    return { kind: 'label', name: `label ${number % 3}`, quotaBytes: dice.chance(0.5) ? number : undefined };
  return { kind: 'job', name: `job ${number % 3}`, text: dice.chance(0.5) ? String(number) : undefined };
}

function mustExist(): never {
  throw new RangeError('a scenario has contents');
}
