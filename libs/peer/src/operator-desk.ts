import type { SwarmId, SwarmLimits } from '@weir/ppspp';
import {
  emptyBatch,
  type Remainder,
  StoreError,
  RuleBook,
  type RuleChange,
  type StoreClient,
  type StoreWitness,
  type SwarmRule,
} from '@weir/store';
import type { Crew } from './crew';
import type { ErasedSwarms, FoundContent } from './desk-answers';
import { marksMax } from './limits';
import { Origins } from './origins';
import { differences } from './rule-differences';
import { TrackerMarks } from './tracker-marks';

/** What an operator's orders go to. */
export interface DeskParts {
  readonly client: StoreClient;
  /** Looks into the store, and keeps nobody waiting for the disk. */
  readonly witness: StoreWitness;
  readonly crew: Pick<Crew, 'block' | 'tell' | 'limit'>;
  /** What is on disk. */
  readonly rules: RuleBook;
  /** Which tracker named a swarm first; where this is left out, it is forgotten with the desk. */
  readonly origins?: Origins;
  /** Whether anything of a swarm is stored, or may be; where this is left out, it may. */
  readonly holds?: (swarmId: SwarmId) => boolean;
  /** Why the store does not say now what is in it; undefined while it does, as it always does where this is left out. */
  readonly trouble?: () => StoreError | undefined;
}

/** Swarms whose erasure is one transaction: so long other commits wait. */
const erasedAtOnceMax = 64;

/**
 * Takes what operators lay down and order: rules are on disk before it answers, and reach the datapath threads at once. One change
 * after the other, so that none is made to a rule that is just being changed.
 */
export class OperatorDesk {
  /** Swarms that are to be blocked, and how many times: nobody is to be served while that waits for the disk. */
  private readonly blocking = new Map<SwarmId, number>();
  /** Of fetches ahead of demand that run. */
  private readonly paces = new Map<SwarmId, number>();
  private readonly marks: TrackerMarks;
  private readonly origins: Origins;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: DeskParts) {
    this.marks = new TrackerMarks(parts.rules);
    this.origins = parts.origins ?? new Origins();
  }

  /** What is laid down. */
  get rules(): RuleBook {
    return this.parts.rules;
  }

  /**
   * Changes what is laid down for a swarm, and resolves with what is, once that is on disk. Rejects with a `StoreError`, and then
   * nothing is changed.
   */
  revise(swarmId: SwarmId, change: (rule: SwarmRule) => SwarmRule): Promise<SwarmRule> {
    return this.inTurn(async () => {
      const rule = change(this.rules.swarm(swarmId) ?? {});
      await this.write({ kind: 'swarm', swarmId, rule });
      return rule;
    });
  }

  /**
   * The same for a change that blocks the swarm: every thread leaves it now, whatever waits for the disk, and is let in again if nothing
   * comes of it.
   */
  async block(swarmId: SwarmId, change: (rule: SwarmRule) => SwarmRule): Promise<SwarmRule> {
    const { blocking } = this;
    blocking.set(swarmId, (blocking.get(swarmId) ?? 0) + 1);
    this.tell(swarmId);
    try {
      return await this.revise(swarmId, change);
    } finally {
      const others = (blocking.get(swarmId) ?? 1) - 1;
      if (others > 0) blocking.set(swarmId, others);
      else blocking.delete(swarmId);
      this.tell(swarmId);
    }
  }

  /**
   * The same for each of several swarms that something is laid down for, in one transaction; those for which nothing is, and those
   * whose rule comes back as it is, are passed over. Rejects with a `StoreError`, and then nothing is changed.
   */
  reviseAll(swarmIds: readonly SwarmId[], change: (rule: SwarmRule, swarmId: SwarmId) => SwarmRule): Promise<void> {
    return this.inTurn(() => {
      const changes = swarmIds.flatMap((swarmId): RuleChange[] => {
        const before = this.rules.swarm(swarmId);
        const rule = before && change(before, swarmId);
        return rule === before ? [] : [{ kind: 'swarm', swarmId, rule }];
      });
      return this.writeAll(changes);
    });
  }

  /** Lays down, or removes, a group's quota or a job. Rejects with a `StoreError`, and then nothing is changed. */
  async lay(change: Exclude<RuleChange, { kind: 'swarm' }>): Promise<void> {
    await this.inTurn(() => this.write(change));
    // The quota stands; whom it is about is seen to again when the store is up, or when the tracker names them.
    if (change.kind === 'tracker') await this.regroup(change.name).catch(() => undefined);
  }

  /** A tracker names peers of a swarm: if none named it before, the swarm is in its group from now on. */
  named(swarmId: SwarmId, tracker: string): void {
    const first = this.origins.name(swarmId, this.rules.swarm(swarmId)?.tracker ?? tracker);
    if (!this.marks.note(swarmId, first)) return;
    // Those that find no store are in no group until they are named again.
    this.mark().catch(() => undefined);
  }

  /** Leaves swarms and removes what the store has of them. */
  async erase(swarmIds: readonly SwarmId[]): Promise<ErasedSwarms> {
    const { crew, client } = this.parts;
    const remainders: Remainder[] = [];
    let count = 0;
    for (let at = 0; at < swarmIds.length; at += erasedAtOnceMax) {
      const some = swarmIds.slice(at, at + erasedAtOnceMax);
      for (const swarmId of some) crew.tell(swarmId, { type: 'leave', swarmId });
      const erase = some.map((swarmId) => ({ swarmId }));
      const { erased, left = [] } = await client.commit({ ...emptyBatch, erase });
      count += erased.length;
      remainders.push(...left);
    }
    return { count, left: remainders };
  }

  /** Has no more of a swarm fetched than subscribers need. */
  settle(swarmId: SwarmId): void {
    this.parts.crew.tell(swarmId, { type: 'settle', swarmId });
  }

  /** Bytes a second of a swarm that may be fetched while nobody waits for them; undefined for no limit. */
  pace(swarmId: SwarmId, bytesPerSecond: number | undefined): void {
    if (this.paces.get(swarmId) === bytesPerSecond) return;
    if (bytesPerSecond === undefined) this.paces.delete(swarmId);
    else this.paces.set(swarmId, bytesPerSecond);
    this.limit(swarmId);
  }

  /** False while the store does not say what is in it: that nothing is found then says nothing. */
  get isAnswered(): boolean {
    return this.parts.trouble?.() === undefined;
  }

  /** What the store has of a swarm, counted. Rejects with a `StoreError` while the store does not say. */
  async find(swarmId: SwarmId): Promise<FoundContent> {
    const inMemory = this.parts.client.slab.indexes(swarmId);
    const found = await this.answered(() => this.parts.witness.find(swarmId, inMemory));
    const { extents = 0, hashBlocks = 0 } = found ?? {};
    const counted = { record: found !== undefined, extents, hashBlocks, memoryExtents: inMemory.length };
    if (found === undefined) return counted;
    const { chunkCount, contentBytes, metadata } = found.record;
    return { ...counted, chunkCount, contentBytes, chunkSize: metadata.chunkSize };
  }

  /** See `StoreReader.leftovers`. Rejects with a `StoreError` while the store does not say. */
  leftovers(): Promise<number[]> {
    return this.answered(() => this.parts.witness.leftovers());
  }

  /** See `StoreReader.stillThere`. Rejects with a `StoreError` while the store does not say. */
  stillThere(numbers: readonly number[]): Promise<number[]> {
    return this.answered(() => this.parts.witness.stillThere(numbers));
  }

  /**
   * The store was started again: what is laid down is what it has from now on. It may have lost some of it with its file, or have
   * written what was answered as failed.
   */
  async renew(): Promise<void> {
    await this.inTurn(async () => {
      const { client, witness, rules } = this.parts;
      const changes = differences(new RuleBook(await witness.rules()), rules);
      if (changes.length > 0) await client.commit({ ...emptyBatch, rules: changes });
    });
    for (const { kind, name } of [...this.rules.groups]) if (kind === 'tracker') await this.regroup(name);
  }

  /** Swarms that a tracker named before it had a quota come into its group; without one, nobody is in it. */
  private async regroup(tracker: string): Promise<void> {
    const { rules, marks, origins } = this;
    const isBound = rules.bounds('tracker', tracker);
    const members = isBound ? this.foremost(origins.of(tracker)) : marks.of(tracker);
    for (let at = 0; at < members.length; at += marksMax) {
      const some = members.slice(at, at + marksMax);
      if (!isBound) await this.reviseAll(some, (rule) => ({ ...rule, tracker: undefined }));
      else {
        for (const swarmId of some) marks.note(swarmId, tracker);
        await this.mark();
      }
    }
  }

  /** Where not all find room, those of which nothing is here do without. */
  private foremost(swarmIds: readonly SwarmId[]): readonly SwarmId[] {
    const { holds = () => true } = this.parts;
    return swarmIds.length > this.rules.swarmRoom ? swarmIds.filter(holds) : swarmIds;
  }

  private mark(): Promise<void> {
    return this.inTurn(() => this.writeAll(this.marks.take()));
  }

  /** What cannot be read looks as if it were not there: whoever counts must not believe it. */
  private async answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.mustBeAnswered();
    const answer = await ask();
    this.mustBeAnswered();
    return answer;
  }

  private mustBeAnswered(): void {
    const trouble = this.parts.trouble?.();
    if (trouble !== undefined) throw trouble;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async write(change: RuleChange): Promise<void> {
    const changes = this.rules.hasRoomFor(change) ? [change] : change.kind === 'swarm' && this.marks.withRoom([change]);
    if (!changes) throw new StoreError('STORE_RULES_FULL', fullRemedy, { kind: change.kind });
    await this.writeAll(changes);
  }

  private async writeAll(changes: readonly RuleChange[]): Promise<void> {
    const { client, rules } = this.parts;
    if (changes.length === 0) return;
    try {
      await client.commit({ ...emptyBatch, rules: changes });
      for (const change of changes) rules.apply(change);
    } finally {
      for (const change of changes) {
        if (change.kind !== 'swarm') continue;
        this.tell(change.swarmId);
        this.limit(change.swarmId);
      }
    }
  }

  private limit(swarmId: SwarmId): void {
    const prefetchRate = this.paces.get(swarmId);
    this.parts.crew.limit(swarmId, { ...limitsOf(this.rules.swarm(swarmId)), ...(prefetchRate && { prefetchRate }) });
  }

  private tell(swarmId: SwarmId): void {
    this.parts.crew.block(swarmId, this.rules.isBlocked(swarmId) || this.blocking.has(swarmId));
  }
}

const fullRemedy = 'No more rules of this kind find room. Remove some that nobody needs.';

function limitsOf({ fetchRate, serveRate }: SwarmRule = {}): SwarmLimits {
  return { ...(fetchRate && { fetchRate }), ...(serveRate && { serveRate }) };
}

/** The swarms whose rates are bounded. */
export function limitsIn(rules: RuleBook): [SwarmId, SwarmLimits][] {
  return [...rules.swarms].flatMap(([swarmId, rule]): [SwarmId, SwarmLimits][] => {
    const isBounded = rule.fetchRate !== undefined || rule.serveRate !== undefined;
    return isBounded ? [[swarmId, limitsOf(rule)]] : [];
  });
}

/** The swarms that are blocked. */
export function blockedIn(rules: RuleBook): SwarmId[] {
  return [...rules.swarms].flatMap(([swarmId, { blocked }]) => (blocked === undefined ? [] : [swarmId]));
}
