import { CacheError, type SwarmId } from '@weir/ppspp';
import {
  DistantWitness,
  StoreClient,
  StoreError,
  SwarmIndex,
  WriterKeeper,
  RuleBook,
  type RunningWriter,
  type SwarmSummary,
  withMemory,
} from '@weir/store';
import type { Crew } from './crew';
import { stopMillis } from './stop-times';
import { withinMillis } from './within-millis';

/** Why the store is of no use: its writer failed, or the disk does not keep up. */
export interface StoreTrouble {
  readonly reason: 'down' | 'slow';
  /** Of the error that took it down, where that has one. */
  readonly code?: string | undefined;
  /** What an operator should know. */
  readonly message: string;
  /** What he can do about it, where that is something of its own. */
  readonly remedy?: string;
}

/** How the store does: `loading` while it is not yet known what is in it, which holds nobody up who is to be served. */
export type StoreState = StoreTrouble | { readonly reason: 'loading' | 'working' };

/** Milliseconds that who asks what is stored waits for it, right after a start. */
const knownMillisMax = 500;

/**
 * The appliance's store, which may fail: then every thread leaves it, nothing is stored and nothing of it served, and its writer is
 * started again until it runs.
 */
export class ApplianceStore {
  /** The control thread's own ways to it: on neither does it wait for the disk. */
  readonly client: StoreClient;
  readonly witness: DistantWitness;
  /** Which swarms are stored: this thread serves too many to ask the disk. */
  private readonly index = new SwarmIndex();
  private crew: Pick<Crew, 'leaveStore' | 'joinStore'> | undefined;
  private onJoined: () => void = () => undefined;
  private down: StoreTrouble | undefined;
  private slow = false;
  /** The writer waits for it. */
  private stuckPage: number | undefined;

  private constructor(
    readonly keeper: WriterKeeper,
    directory: string,
    private readonly tell: (trouble: StoreTrouble | undefined) => void,
  ) {
    this.client = new StoreClient(keeper.connect(), undefined, this.index);
    this.witness = new DistantWitness(directory);
    keeper.keep({
      onDown: (failure) => this.leave(failure),
      onStillDown: (failure) => this.note(failure),
      onUp: () => this.join(),
    });
  }

  /** Starts the writer for the first time. Rejects with a `StoreError`, which is the operator's to mend. */
  static async start(
    launch: () => Promise<RunningWriter>,
    directory: string,
    tell: (trouble: StoreTrouble | undefined) => void,
  ): Promise<ApplianceStore> {
    return new ApplianceStore(await WriterKeeper.start(launch), directory, tell);
  }

  /** What is laid down, as it is on disk at the start. Rejects with a `StoreError`, and then the store is closed again. */
  async rules(): Promise<RuleBook> {
    try {
      return new RuleBook(await this.witness.rulesAtLast());
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Why nothing that `witness` does not find is known not to be there; undefined while all of it is. */
  get trouble(): StoreError | undefined {
    if (this.keeper.isDown)
      return new StoreError('STORE_CLOSED', `The store is down (${this.down?.message ?? 'its writer ended'}).`);
    if (!this.witness.isSlow) return undefined;
    return new StoreError('STORE_UNREADABLE', 'The disk does not answer in time. Check the disk.');
  }

  /** Whose threads leave the store with us, and come back; then `onJoined` is told. */
  serve(crew: Pick<Crew, 'leaveStore' | 'joinStore'>, onJoined: () => void = () => undefined): void {
    this.crew = crew;
    this.onJoined = onJoined;
    if (this.keeper.isDown) void crew.leaveStore();
  }

  /** How it does now. */
  get state(): StoreState {
    return this.current ?? { reason: this.index.isKnown ? 'working' : 'loading' };
  }

  /** Resolves when it is known what is stored, which takes the longer the more there is; never, if the store never comes up. */
  get known(): Promise<void> {
    return this.index.known;
  }

  /** The same, but not later than in half a second. */
  async knownSoon(): Promise<void> {
    if (!this.index.isKnown) await withinMillis(this.index.known, knownMillisMax);
  }

  /** Swarms of which anything is stored, as of the writer's last word; those that are known so far, until all are. */
  stored(): SwarmSummary[] {
    return this.index.all().map((summary) => withMemory(summary, this.client.slab));
  }

  /** One of them. */
  find(swarmId: SwarmId): SwarmSummary | undefined {
    const summary = this.index.find(swarmId);
    return summary && withMemory(summary, this.client.slab);
  }

  /** Whether anything of a swarm is stored, in a store that is in use. */
  holds(swarmId: SwarmId): boolean {
    return this.down === undefined && this.index.has(swarmId);
  }

  /** The disk does not keep up, or does again. */
  noteSlow(slow: boolean): void {
    this.slow = slow;
    this.tellTrouble();
  }

  /** The disk does not give up a page without which nothing can be written; undefined once it does. */
  noteStuck(page: number | undefined): void {
    this.stuckPage = page;
    this.tellTrouble();
  }

  /** What was given to the writer is on disk when it resolves, unless the disk takes too long. */
  async stop(): Promise<void> {
    const stopped = this.client
      .close()
      .then(() => this.witness.close())
      .then(() => this.keeper.stop())
      .catch(() => undefined);
    await withinMillis(stopped, stopMillis.store);
  }

  private get current(): StoreTrouble | undefined {
    if (this.down !== undefined) return this.down;
    if (this.stuckPage !== undefined) return stuckTrouble(this.stuckPage);
    return this.slow ? slowTrouble : undefined;
  }

  private async leave(failure: unknown): Promise<void> {
    this.note(failure);
    await Promise.all([withinMillis(this.witness.detach(), stopMillis.store), this.crew?.leaveStore()]);
  }

  private join(): void {
    this.client.attach(this.keeper.connect());
    this.witness.attach();
    this.crew?.joinStore();
    this.onJoined();
    this.down = undefined;
    this.tellTrouble();
  }

  private note(failure: unknown): void {
    const isKnown = failure instanceof CacheError;
    const message = isKnown ? `${String(failure.code)}: ${failure.message}` : String(failure);
    this.down = { reason: 'down', code: isKnown ? String(failure.code) : undefined, message };
    this.tellTrouble();
  }

  private tellTrouble(): void {
    this.tell(this.current);
  }
}

const slowTrouble: StoreTrouble = {
  reason: 'slow',
  message:
    'the disk does not keep up, or does not give up what is written anew: reads take seconds, or a transaction does not end',
};

function stuckTrouble(page: number): StoreTrouble {
  return {
    reason: 'slow',
    code: 'STORE_UNREADABLE',
    message: `the disk does not give up page ${page} of data.mdb, without which nothing can be written; what can be read is served`,
    remedy:
      'replace the disk; or stop, remove data.mdb and start: the store begins empty, with the rules that were laid down',
  };
}
