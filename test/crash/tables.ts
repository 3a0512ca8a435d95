import type { ExtentRef, RuleChange } from '@weir/store';
import { z } from 'zod';
import type { Change } from './journal';

/** What the journal says of a swarm's record. */
export const modelSwarm = z.object({ number: z.number(), extentsHeld: z.number(), storedBytes: z.number() });

/** What the record of a swarm says of it. */
export type ModelSwarm = z.output<typeof modelSwarm>;

/** What the tables hold, as far as readers see it. */
export class Tables {
  readonly swarms = new Map<string, ModelSwarm>();
  readonly extents = new Map<number, Set<number>>();
  readonly blocks = new Map<number, Set<string>>();
  /** What is in memory alone, by swarm: it is lost with the process. */
  readonly memory = new Map<string, Set<number>>();
  /** As text, by what they are about. */
  readonly rules = new Map<string, string>();

  copy(): Tables {
    const copy = new Tables();
    for (const [swarmId, swarm] of this.swarms) copy.swarms.set(swarmId, swarm);
    for (const [number, indexes] of this.extents) copy.extents.set(number, new Set(indexes));
    for (const [number, keys] of this.blocks) copy.blocks.set(number, new Set(keys));
    for (const [about, rule] of this.rules) copy.rules.set(about, rule);
    for (const [swarmId, indexes] of this.memory) copy.memory.set(swarmId, new Set(indexes));
    return copy;
  }

  /**
   * Every swarm with its extents and blocks, in order: two tables with the same contents give the same. `withEmpty`: those, too, that
   * had extents in memory alone. They go when the store is opened for writing after that memory was lost.
   */
  contents({ withEmpty }: { readonly withEmpty: boolean }): string[] {
    const listed = [...this.swarms].filter(([, { extentsHeld }]) => withEmpty || extentsHeld > 0);
    const swarms = listed.sort(byFirst).map(([swarmId, { number, extentsHeld, storedBytes }]) => ({
      ...{ swarmId, extentsHeld, storedBytes },
      extents: [...(this.extents.get(number) ?? [])].sort((one, other) => one - other),
      blocks: [...(this.blocks.get(number) ?? [])].sort(),
    }));
    return [...swarms.map((swarm) => JSON.stringify(swarm)), ...[...this.rules.values()].sort()];
  }

  /** Whether an extent is there, on disk or in memory. */
  holds(swarmId: string, index: number): boolean {
    return this.hasOnDisk(swarmId, index) || this.memory.get(swarmId)?.has(index) === true;
  }

  hasOnDisk(swarmId: string, index: number): boolean {
    const swarm = this.swarms.get(swarmId);
    return swarm !== undefined && this.extents.get(swarm.number)?.has(index) === true;
  }

  /** Whether anything of a swarm is there. */
  knows(swarmId: string): boolean {
    return this.swarms.has(swarmId) || (this.memory.get(swarmId)?.size ?? 0) > 0;
  }

  /** Notes what came into memory, and what left it before. */
  move(released: readonly ExtentRef[], held: readonly ExtentRef[]): void {
    for (const { swarmId, index } of released) this.memory.get(swarmId)?.delete(index);
    for (const { swarmId, index } of held) added(this.memory, swarmId).add(index);
  }

  apply(change: Change): void {
    const [name, first, second, third] = change;
    if (name === 'putSwarm') this.swarms.set(String(first), modelSwarm.parse(second));
    if (name === 'removeSwarm') this.swarms.delete(String(first));
    if (name === 'putExtent') added(this.extents, Number(first)).add(Number(second));
    if (name === 'removeExtent') this.extents.get(Number(first))?.delete(Number(second));
    if (name === 'putRule') this.lay(ruleChange.parse(first));
    if (name === 'putBlock') added(this.blocks, Number(first)).add(`${String(second)}/${String(third)}`);
  }

  /** Whether a rule stands, or is removed, as a change had it. */
  follows(change: RuleChange): boolean {
    return this.rules.get(subjectOf(change)) === (isRemoval(change) ? undefined : JSON.stringify(change));
  }

  private lay(change: RuleChange): void {
    if (isRemoval(change)) this.rules.delete(subjectOf(change));
    else this.rules.set(subjectOf(change), JSON.stringify(change));
  }
}

const ruleChange = z.custom<RuleChange>();

/** What a rule is about: there is one for each such thing. */
function subjectOf(change: RuleChange): string {
  return `${change.kind}/${change.kind === 'swarm' ? change.swarmId : change.name}`;
}

function isRemoval(change: RuleChange): boolean {
  switch (change.kind) {
    case 'swarm':
      return change.rule === undefined;
    case 'job':
      return change.text === undefined;
    case 'label':
    case 'tracker':
      return change.quotaBytes === undefined;
  }
}

function added<Key, Item>(sets: Map<Key, Set<Item>>, key: Key): Set<Item> {
  const set = sets.get(key) ?? new Set<Item>();
  sets.set(key, set);
  return set;
}

function byFirst([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
