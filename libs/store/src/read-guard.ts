import { StoreError } from './errors';
import { type GuardAddon, guardAddon } from './guard-addon';

/** How often what could not be read is tried before it counts as unreadable: another thread's fault looks like one's own. */
const triesMax = 3;

/**
 * Tells what was read of a mapped file from what could not be: a page that the disk does not give up, or that the file has no more,
 * is shown as one without content, and whatever was read meanwhile is thrown away. Without the native addon nothing is told: the
 * platform ends the process at such a page.
 */
export class ReadGuard {
  private readonly number: number | undefined;
  /** Faults that were dealt with where they happened. */
  private spared = 0;

  /** Watches `file`, which exists, until `close`. */
  constructor(
    file: string,
    private readonly addon: GuardAddon | undefined = guardAddon(),
  ) {
    this.number = watched(file, addon);
  }

  /** What `work`, a synchronous read, answers. Throws STORE_UNREADABLE if it met unreadable pages, whatever it made of them. */
  read<Result>(work: () => Result): Result {
    if (this.addon === undefined || this.number === undefined) return work();
    for (let tries = 1; ; tries++) {
      const before = this.addon.begin();
      try {
        const result = work();
        if (before === this.addon.faults()) return result;
      } catch (error) {
        if (before === this.addon.faults()) throw error;
      }
      if (tries === triesMax) throw this.unreadableNow();
    }
  }

  /** As `read`, of what can be done without: undefined in its place. To whom it is part of, it counts as read. */
  readOr<Result>(work: () => Result): Result | undefined {
    const before = this.addon?.faults() ?? 0;
    try {
      return this.read(work);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'STORE_UNREADABLE') throw error;
      this.spared += (this.addon?.faults() ?? 0) - before;
      return undefined;
    }
  }

  /** Touches pages on another thread. Rejects with STORE_UNREADABLE if it met unreadable ones: none are left to be met here. */
  async warm(touch: () => Promise<unknown>): Promise<void> {
    if (this.addon === undefined || this.number === undefined) {
      await touch();
      return;
    }
    for (let tries = 1; tries < triesMax; tries++) {
      const before = this.addon.begin();
      await touch();
      if (before === this.addon.faults()) return;
    }
    throw this.unreadableNow();
  }

  /**
   * Runs a transaction that writes: where a page cannot be read it waits until the disk gives it up, for what LMDB believes of a page it
   * writes down. `mustBeWhole` throws STORE_UNREADABLE from within where a page is gone for good, because the file was cut.
   */
  write<Result>(work: (mustBeWhole: () => void) => Result): Result {
    const { addon } = this;
    const number = this.number === undefined ? -1 : (addon?.hold() ?? -1);
    if (addon === undefined || number < 0) return this.once(work);
    const mustBeWhole = (): void => {
      if (addon.isTainted(number)) throw unreadable();
    };
    try {
      return work(mustBeWhole);
    } catch (error) {
      mustBeWhole();
      throw error;
    } finally {
      addon.letGo(number);
    }
  }

  /** Runs what cannot be done twice; `mustBeWhole` throws STORE_UNREADABLE from within once it met unreadable pages. */
  once<Result>(work: (mustBeWhole: () => void) => Result): Result {
    const { addon } = this;
    if (addon === undefined || this.number === undefined) return work(() => undefined);
    const before = addon.begin() - this.spared;
    const mustBeWhole = (): void => {
      if (before !== addon.faults() - this.spared) throw unreadable();
    };
    try {
      return work(mustBeWhole);
    } catch (error) {
      mustBeWhole();
      throw error;
    }
  }

  /** Nothing is left covered: who writes waits for that. */
  private unreadableNow(): StoreError {
    this.addon?.begin();
    return unreadable();
  }

  close(): void {
    if (this.number !== undefined) this.addon?.unwatch(this.number);
  }
}

/** Undefined where the platform cannot guard, as with pages of another size. */
function watched(file: string, addon: GuardAddon | undefined): number | undefined {
  try {
    return addon?.watch(file);
  } catch {
    return undefined;
  }
}

function unreadable(): StoreError {
  return new StoreError(
    'STORE_UNREADABLE',
    'The disk does not give up what it stored, or the file was cut. Check the disk.',
  );
}
