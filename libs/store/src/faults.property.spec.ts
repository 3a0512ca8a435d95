import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { StoreError } from './errors';
import { type Fault, FaultyDisk } from './faulty-tables.testing';
import { openForWriting } from './lmdb-environment';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { LmdbTables } from './lmdb-tables';
import type { RuleChange } from './rules/rule';
import type { StoreWriter } from './store';
import { contentsOf, recount } from './store-contents.testing';
import { anyPlan, batchOf, capacityBytes, judgement, type Plan } from './store-plans.testing';
import { TableWriter } from './table-writer';

const ample = () => ({ freeBytes: 2 ** 50, totalBytes: 2 ** 50 });
const options = { capacityBytes, judgement, probationBytes: 0 };

const anyStep = fc.record({
  plans: fc.array(anyPlan, { minLength: 1, maxLength: 3 }),
  rule: fc.option(fc.nat(3)),
  fault: fc.option(
    fc.record({
      after: fc.integer({ min: 1, max: 25 }),
      fault: fc.constantFrom<Fault>('full', 'commit', 'unreadable'),
    }),
  ),
});

/** A store on a disk that fails, whose writer is opened again whenever it failed. */
class Shaken {
  readonly disk = new FaultyDisk();
  private writer: StoreWriter;

  constructor(private readonly directory: string) {
    this.writer = this.open();
  }

  /** What came of it before the disk failed, if it did. A large commit is several transactions. */
  async commit(plans: readonly Plan[], rule: number | null, now: number): Promise<'all' | 'some' | 'nothing'> {
    const { commits } = this.disk;
    const batches = plans.map(batchOf);
    const rules = rule === null ? [] : [pinOf(rule)];
    try {
      this.writer.commit([{ ...{ erase: [], touched: [], writes: [] }, rules }, ...batches], now);
      this.disk.heal();
      return 'all';
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const done = this.disk.commits > commits ? 'some' : 'nothing';
      await this.writer.close();
      this.writer = this.open();
      return done;
    }
  }

  usage() {
    return this.writer.usage();
  }

  /** Leaves nothing that was erased. */
  async tidy(): Promise<void> {
    while (this.writer.sweep());
    await this.writer.close();
  }

  private open(): StoreWriter {
    const tables = new LmdbTables(openForWriting(this.directory, capacityBytes));
    return new TableWriter(this.disk.over(tables), { ...options, disk: ample });
  }
}

/** A rule of a swarm of which there is nothing, which is kept all the same. */
function pinOf(rule: number): RuleChange {
  return { kind: 'swarm', swarmId: rule.toString(16).padStart(64, '0'), rule: { pinned: true } };
}

describe('a disk that fails at any moment of any commit', () => {
  it('loses nothing that was answered for, keeps nothing that was not, and the store is opened again', async () => {
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 12 }), async (steps) => {
        const directory = mkdtempSync(join(tmpdir(), 'weir-faults-'));
        const shaken = new Shaken(directory);
        const reader = openLmdbReader(directory);
        let now = 1_000_000;
        for (const { plans, rule, fault } of steps) {
          now += 100;
          const before = [await contentsOf(reader), reader.rules()];
          if (fault !== null) shaken.disk.plan(fault);
          const done = await shaken.commit(plans, rule, now);
          if (done !== 'nothing') continue;
          failures++;
          expect([await contentsOf(reader), reader.rules()]).toEqual(before);
        }
        const { storedBytes } = shaken.usage();
        await shaken.tidy();
        expect(await recount(reader)).toBeLessThanOrEqual(storedBytes);
        const again = openLmdbWriter({ directory, ...options }, ample);
        expect(again.usage().storedBytes).toBe(await recount(reader));
        await again.close();
        await reader.close();
        await rm(directory, { recursive: true });
      }),
      { numRuns: 20, endOnFailure: true },
    );
    // Otherwise nothing was tried.
    expect(failures).toBeGreaterThan(0);
  }, 120_000);
});
