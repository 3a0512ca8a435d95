import type { ContentStore } from '@weir/peer';

/** A store whose failures a command hears of, while a transfer sees only that nothing is held. */
export class GuardedStore implements ContentStore {
  /** Rejects with the first failure, and never resolves. */
  readonly failed: Promise<never>;
  private fail: (cause: unknown) => void = () => undefined;

  constructor(private readonly store: ContentStore) {
    this.failed = new Promise((_, reject) => (this.fail = reject));
    // Whoever waits for it hears of it; a failure while nobody waits is none of the process's business.
    this.failed.catch(() => undefined);
  }

  readonly open: ContentStore['open'] = (swarmId) => this.guarded(() => this.store.open(swarmId), undefined);

  readonly read: ContentStore['read'] = (swarmId, index) =>
    this.guarded(() => this.store.read(swarmId, index), undefined);

  readonly write: ContentStore['write'] = (content) =>
    this.guarded(() => this.store.write(content), { written: [], evicted: [] });

  readonly erase: ContentStore['erase'] = (swarmId, index) =>
    this.guarded(() => this.store.erase(swarmId, index), undefined);

  readonly close: ContentStore['close'] = () => this.guarded(() => this.store.close(), undefined);

  private async guarded<Result>(work: () => Promise<Result>, otherwise: Result): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      this.fail(cause);
      return otherwise;
    }
  }
}
