import type { Extent, SwarmId } from '@weir/ppspp';
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
}

/**
 * A reader for those who cannot wait: what the disk does not give in time counts as not there, and while much is late, nothing more
 * is asked of it. It can be taken off a store that failed and put back to one that came up again; in between there is nothing.
 */
export class ShelteredReader implements StoreReader {
  private inner: StoreReader | undefined;
  private closed = false;
  /** Reads whose time is over and that go on all the same: each holds a thread of the platform's pool. */
  private late = 0;
  private slow = false;

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
    if (!this.closed) this.inner ??= this.make();
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
    return this.inTime((reader) => reader.open(swarmId));
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    return this.inTime((reader) => reader.read(swarmId, index));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.detach();
  }

  private get reader(): StoreReader | undefined {
    if (this.closed) throw new StoreError('STORE_CLOSED', 'The store was closed to this reader. Open another.');
    return this.inner;
  }

  private async inTime<Answer>(ask: (reader: StoreReader) => Promise<Answer>): Promise<Answer | undefined> {
    const { reader } = this;
    if (reader === undefined || this.late >= lateReadsMax) return undefined;
    const answer = ask(reader);
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<typeof isLate>((resolve) => {
      timer = setTimeout(resolve, this.options.millisMax ?? readMillisMax, isLate);
    });
    try {
      const first = await Promise.race([answer, tooLate]);
      if (first !== isLate) return first;
      this.waitFor(answer);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nobody wants the answer any more; that it comes says that the disk works. */
  private waitFor(answer: Promise<unknown>): void {
    this.late++;
    this.tellSlow(true);
    const arrived = (): void => {
      if (--this.late === 0) this.tellSlow(false);
    };
    answer.then(arrived, arrived);
  }

  private tellSlow(slow: boolean): void {
    if (slow === this.slow) return;
    this.slow = slow;
    this.options.onSlow?.(slow);
  }
}

const isLate = Symbol('late');
