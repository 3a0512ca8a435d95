import { limits, type Extent, type SwarmId } from '@weir/ppspp';
import { StoreError } from './errors';
import { lateReadsMax, readMillisMax } from './limits';
import type { RuleChange } from './rules/rule';
import type { OpenedSwarm, StoreReader, SwarmSummary } from './store';

/** What a sheltered reader is told, and whom it tells. */
export interface ShelterOptions {
  /** How long an answer is waited for. */
  readonly millisMax?: number;
  /** Hears when the disk gets slow, and when it is itself again. */
  readonly onSlow?: (slow: boolean) => void;
  /** Hears what there is of a swarm of which something was said not to be there for want of an answer. */
  readonly onFound?: (swarmId: SwarmId, swarm: OpenedSwarm) => void;
}

/** What comes of a question that is not answered in time. */
interface Lateness<Answer> {
  /** Of what nothing is known then. */
  readonly missing: SwarmId;
  /** Takes the answer, when it comes after all. */
  readonly late: (answer: Answer | undefined) => void;
}

/**
 * A reader for those who cannot wait: what the disk does not give in time counts as not there, and while much is late, nothing more
 * is asked of it. It can be taken off a store that failed and put back to one that came up again; in between there is nothing.
 * Who was told that something is not there because nobody answered, hears of it when the store answers again.
 */
export class ShelteredReader implements StoreReader {
  private inner: StoreReader | undefined;
  private closed = false;
  /** Reads whose time is over and that go on all the same: each holds a thread of the platform's pool. */
  private late = 0;
  private slow = false;
  /** Swarms of which something was not found for want of an answer. */
  private readonly missed = new Set<SwarmId>();
  private finding = false;

  constructor(
    private readonly make: () => StoreReader,
    private readonly options: ShelterOptions = {},
  ) {
    this.inner = make();
  }

  /** Takes it off the store; resolves when nothing of the store is open here any more. */
  async detach(): Promise<void> {
    const { inner } = this;
    this.inner = undefined;
    await inner?.close();
  }

  /** Puts it to the store that is there now. */
  attach(): void {
    if (this.closed) return;
    this.inner ??= this.make();
    void this.findMissed();
  }

  get isSlow(): boolean {
    return this.slow;
  }

  swarms(): SwarmSummary[] {
    return this.reader?.swarms() ?? [];
  }

  rules(): RuleChange[] {
    return this.reader?.rules() ?? [];
  }

  leftovers(): Promise<number[]> {
    return this.reader?.leftovers() ?? Promise.resolve([]);
  }

  stillThere(numbers: readonly number[]): number[] {
    return this.reader?.stillThere(numbers) ?? [];
  }

  holds(swarmId: SwarmId): boolean {
    return this.reader?.holds(swarmId) ?? false;
  }

  open(swarmId: SwarmId): Promise<OpenedSwarm | undefined> {
    const late = (swarm: OpenedSwarm | undefined): void => this.tellFound(swarmId, swarm);
    return this.inTime((reader) => reader.open(swarmId), { missing: swarmId, late });
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    const late = (): void => this.note(swarmId);
    return this.inTime((reader) => reader.read(swarmId, index), { missing: swarmId, late });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.detach();
  }

  private get reader(): StoreReader | undefined {
    if (this.closed) throw new StoreError('STORE_CLOSED', 'The store was closed to this reader. Open another.');
    return this.inner;
  }

  private async inTime<Answer>(
    ask: (reader: StoreReader) => Promise<Answer | undefined>,
    { missing, late }: Lateness<Answer>,
  ): Promise<Answer | undefined> {
    const { reader } = this;
    if (reader === undefined || this.late >= lateReadsMax) {
      this.note(missing);
      return;
    }
    const answer = ask(reader);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<typeof isLate>((resolve) => {
      timer = setTimeout(resolve, this.options.millisMax ?? readMillisMax, isLate);
    });
    try {
      const first = await Promise.race([answer, tooLate]);
      if (first !== isLate) return first;
      this.waitFor(answer.then(late));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Who asked was told that there is nothing; that an answer comes says that the disk works. */
  private waitFor(answer: Promise<unknown>): void {
    this.late++;
    this.tellSlow(true);
    const arrived = (): void => {
      if (--this.late > 0) return;
      this.tellSlow(false);
      void this.findMissed();
    };
    answer.then(arrived, arrived);
  }

  private note(swarmId: SwarmId): undefined {
    if (this.options.onFound !== undefined && this.missed.size < limits.swarmsMax) this.missed.add(swarmId);
  }

  private tellFound(swarmId: SwarmId, swarm: OpenedSwarm | undefined): void {
    if (swarm !== undefined && !this.closed) this.options.onFound?.(swarmId, swarm);
  }

  /** Looks again, one swarm after another, as long as the disk keeps up. */
  private async findMissed(): Promise<void> {
    if (this.finding) return;
    this.finding = true;
    for (const swarmId of this.missed) {
      if (this.closed || this.inner === undefined || this.late > 0) break;
      this.missed.delete(swarmId);
      // What cannot be opened is noted by whoever asks for it next.
      this.tellFound(swarmId, await this.open(swarmId).catch(() => undefined));
    }
    this.finding = false;
  }

  private tellSlow(slow: boolean): void {
    if (slow === this.slow) return;
    this.slow = slow;
    this.options.onSlow?.(slow);
  }
}

const isLate = Symbol('late');
