import type { Change, Entry } from './journal';
import { Question } from './question';
import { modelSwarm, Tables } from './tables';

/**
 * What has to be in a store after its process ended, from its journal: all of each transaction that was done, and of the one
 * that was being done all or nothing. Along the way it checks what clients were told.
 */
export class Model {
  /** Answers that were not true, in words. */
  readonly lies: string[] = [];
  /** Answers to clients. */
  answers = 0;
  transactions = 0;
  /** Extents that came into memory alone, and that left the disk one by one: evicted, or erased. */
  held = 0;
  removed = 0;
  /** What the scrub checked. */
  scrubbedBytes = 0;
  /** What was given back to the disk, and whether it ended with that. */
  givenBytes = 0;
  isGiving = false;
  /** The store was opened, with all that belongs to that. */
  wasReady = false;
  private before: Tables | undefined;
  private readonly questions = new Map<number, Question>();
  private doing: readonly Change[] | undefined;

  /** `hasRoom`: nobody else fills the disk, so that there is room for what a stop has to write. */
  constructor(
    private readonly tables = new Tables(),
    private readonly hasRoom = true,
  ) {}

  /** What the store may hold now: as before the transaction under way, or as after it. */
  get possible(): Tables[] {
    if (this.doing === undefined) return [this.tables];
    const after = this.tables.copy();
    for (const change of this.doing) after.apply(change);
    return [this.tables, after];
  }

  /** The same, and as before the last transaction that was done: what is written behind a transaction may not be yet. */
  get lately(): Tables[] {
    return this.before === undefined ? this.possible : [this.before, ...this.possible];
  }

  hear(entry: Entry): void {
    switch (entry.kind) {
      case 'doing':
        this.doing = entry.changes;
        break;
      case 'done':
        this.before = this.tables.copy();
        this.perform(this.doing ?? []);
        this.doing = undefined;
        break;
      case 'asked': {
        const question = new Question(entry.wish);
        question.look(this.tables);
        this.questions.set(entry.id, question);
        break;
      }
      case 'answered':
        this.judge(entry.id, new Set(entry.failed));
        break;
      case 'moved':
        this.tables.move(entry.released, entry.held);
        this.held += entry.held.length;
        for (const question of this.questions.values()) {
          question.moved([...entry.released, ...entry.held]);
          question.look(this.tables);
        }
        break;
      case 'damaged':
        this.lies.push(`the scrub found what nobody did: ${entry.what}`);
        break;
      case 'giving':
        this.isGiving = entry.on;
        this.givenBytes += entry.bytes;
        break;
      case 'scrubbed':
        this.scrubbedBytes += entry.bytes;
        break;
      case 'phase':
        if (entry.phase === 'starting') this.tables.memory.clear();
        if (entry.phase === 'ready') this.wasReady = true;
        if (entry.phase === 'stopped' && this.hasRoom) this.mustBeOnDisk();
        break;
    }
  }

  private perform(changes: readonly Change[]): void {
    this.follow(changes);
    for (const change of changes) this.tables.apply(change);
    this.transactions++;
    this.removed += changes.filter(([name]) => name === 'removeExtent').length;
    for (const question of this.questions.values()) question.look(this.tables);
  }

  private follow(changes: readonly Change[]): void {
    const names = new Map([...this.tables.swarms].map(([swarmId, { number }]) => [number, swarmId]));
    for (const [name, swarmId, record] of changes)
      if (name === 'putSwarm') names.set(modelSwarm.parse(record).number, String(swarmId));
    for (const change of changes) {
      const [name, first] = change;
      const isNamed = name === 'removeSwarm' || name === 'hold' || name === 'drop';
      const swarmId = isNamed ? String(first) : names.get(Number(first));
      for (const question of this.questions.values()) question.follow(change, swarmId);
    }
  }

  /** A clean stop loses nothing where the disk has room for it. */
  private mustBeOnDisk(): void {
    for (const [swarmId, indexes] of this.tables.memory) {
      const lost = [...indexes].filter((index) => !this.tables.hasOnDisk(swarmId, index));
      if (lost.length > 0) this.lies.push(`stopped, and in memory alone: ${swarmId} ${lost.join()}`);
    }
  }

  private judge(id: number, failed: ReadonlySet<number>): void {
    const lie = this.questions.get(id)?.lie(failed);
    if (lie !== undefined) this.lies.push(lie);
    this.questions.delete(id);
    this.answers++;
  }
}
