import { Piscina } from 'piscina';
import type { SwarmId } from '@weir/ppspp';
import { StoreError } from '../errors';
import { witnessMillisMax, witnessQuestionsMax } from '../limits';
import type { RuleChange } from '../rules/rule';
import { workerFile } from '../worker-file';
import type { Question, Testimony, WitnessTask } from './question';
import type { FoundSwarm, StoreWitness } from './witness';

/** How a distant witness asks, and how long it waits. */
export interface WitnessOptions {
  /** How long an answer is waited for. */
  readonly millisMax?: number;
  /** Answers a question, on another thread. */
  readonly run?: (task: WitnessTask) => Promise<Testimony>;
}

/** Its thread ends when nobody has asked for so long: it holds some megabytes. */
const idleMillis = 10_000;

/**
 * Looks into a store from a thread of its own: whoever asks never waits for the disk itself. What does not come in time is a rejection
 * with `STORE_UNREADABLE`, and as long as it has not come so is every other question. It can be taken off a store that failed.
 */
export class DistantWitness implements StoreWitness {
  private readonly pool: Piscina<WitnessTask, Testimony> | undefined;
  private readonly run: (task: WitnessTask) => Promise<Testimony>;
  private readonly asked = new Set<Promise<unknown>>();
  private away = false;
  private late = 0;

  constructor(
    private readonly directory: string,
    private readonly options: WitnessOptions = {},
  ) {
    const pool = options.run === undefined ? witnessPool() : undefined;
    this.pool = pool;
    this.run = options.run ?? ((task) => pool?.run(task) ?? Promise.reject(closedError()));
  }

  /** True while an answer is late. */
  get isSlow(): boolean {
    return this.late > 0;
  }

  async rules(): Promise<RuleChange[]> {
    const { rules } = await this.ask({ about: 'rules' });
    return rules ?? [];
  }

  /** The same, however long it takes: for the start, before which there is nothing else to do. */
  async rulesAtLast(): Promise<RuleChange[]> {
    const { rules } = await this.ask({ about: 'rules' }, Number.POSITIVE_INFINITY);
    return rules ?? [];
  }

  async find(swarmId: SwarmId, inMemory: readonly number[]): Promise<FoundSwarm | undefined> {
    const { found } = await this.ask({ about: 'swarm', swarmId, inMemory });
    return found;
  }

  async leftovers(): Promise<number[]> {
    const { numbers } = await this.ask({ about: 'leftovers' });
    return numbers ?? [];
  }

  async stillThere(numbers: readonly number[]): Promise<number[]> {
    const { numbers: left } = await this.ask({ about: 'numbers', numbers });
    return left ?? [];
  }

  /** Takes it off the store; resolves when nothing of the store is open here any more. */
  async detach(): Promise<void> {
    this.away = true;
    await Promise.allSettled(this.asked);
  }

  /** Puts it to the store that is there now. */
  attach(): void {
    this.away = false;
  }

  async close(): Promise<void> {
    await this.detach();
    await this.pool?.destroy();
  }

  private async ask(question: Question, millisMax = this.options.millisMax ?? witnessMillisMax): Promise<Testimony> {
    if (this.away) throw closedError();
    if (this.late > 0) throw lateError();
    if (this.asked.size >= witnessQuestionsMax)
      throw new StoreError('STORE_BUSY', 'Too many look into the store now. Try later.');
    const testimony = await this.inTime(this.track(this.run({ directory: this.directory, question })), millisMax);
    const { failure } = testimony;
    if (failure !== undefined) throw new StoreError(failure.code, failure.message, failure.details);
    return testimony;
  }

  private track(answer: Promise<Testimony>): Promise<Testimony> {
    const known = answer.catch((cause: unknown): never => {
      throw new StoreError('STORE_FAILED', 'The thread that looks into the store ended.', {}, { cause });
    });
    this.asked.add(known);
    const forget = (): boolean => this.asked.delete(known);
    known.then(forget, forget);
    return known;
  }

  private async inTime(answer: Promise<Testimony>, millisMax: number): Promise<Testimony> {
    if (millisMax === Number.POSITIVE_INFINITY) return answer;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, millisMax, undefined);
    });
    try {
      const first = await Promise.race([answer, tooLate]);
      if (first !== undefined) return first;
    } finally {
      clearTimeout(timer);
    }
    this.late++;
    const arrived = (): void => {
      this.late--;
    };
    answer.then(arrived, arrived);
    throw lateError();
  }
}

function witnessPool(): Piscina<WitnessTask, Testimony> {
  const options = { minThreads: 0, maxThreads: 1, idleTimeout: idleMillis, atomics: 'disabled' } as const;
  const pool = new Piscina<WitnessTask, Testimony>({ filename: workerFile('witness'), ...options });
  // A thread that dies is told of by its task, too.
  pool.on('error', () => undefined);
  return pool;
}

function lateError(): StoreError {
  return new StoreError('STORE_UNREADABLE', 'The disk does not answer in time. Check the disk.');
}

function closedError(): StoreError {
  return new StoreError('STORE_CLOSED', 'The store is down, or was closed to this reader.');
}
