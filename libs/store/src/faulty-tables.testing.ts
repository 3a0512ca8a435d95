import { StoreError } from './errors';
import type { Tables } from './tables';

/** How a transaction fails: while something is changed, when all of it is, or with pages that cannot be read. */
export type Fault = 'full' | 'commit' | 'unreadable';

/** When the next fault comes: with so many changes more. */
export interface FaultPlan {
  readonly after: number;
  readonly fault: Fault;
}

/** Methods that change something. */
const changing: ReadonlySet<string> = new Set([
  'setNextSwarm',
  'putSwarm',
  'removeSwarm',
  'putExtent',
  'removeExtent',
  'putBlock',
  'putRule',
  'keepPolicy',
  'sweep',
]);

/** Tables on a disk that fails when it is told to, in the middle of a real transaction. */
export class FaultyDisk {
  /** Transactions that failed. */
  failures = 0;
  /** Transactions that did not. */
  commits = 0;
  private left = Number.POSITIVE_INFINITY;
  private fault: Fault = 'full';

  /** Has the disk fail once, by and by. */
  plan({ after, fault }: FaultPlan): void {
    this.left = after;
    this.fault = fault;
  }

  /** The disk is itself again. */
  heal(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  /** The same tables, as that disk has them. */
  over(tables: Tables): Tables {
    const atomically: Tables['atomically'] = (work) => {
      const done = tables.atomically(() => {
        const result = work();
        if (this.left <= 0 && this.fault === 'commit') this.fail();
        return result;
      });
      this.commits++;
      return done;
    };
    return new Proxy(tables, {
      get: (target, name) => {
        if (name === 'atomically') return atomically;
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') return found;
        return (...given: unknown[]): unknown => {
          if (typeof name === 'string' && changing.has(name)) this.count();
          return Reflect.apply(found, target, given);
        };
      },
    });
  }

  private count(): void {
    if (--this.left <= 0 && this.fault !== 'commit') this.fail();
  }

  private fail(): never {
    this.heal();
    this.failures++;
    if (this.fault === 'unreadable') throw new StoreError('STORE_UNREADABLE', 'EIO');
    throw Object.assign(new Error('No space left on device'), { code: 28 });
  }
}
