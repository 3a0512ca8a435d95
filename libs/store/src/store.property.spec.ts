import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openLmdbReader, openLmdbWriter } from './lmdb-store';
import { MemoryStore } from './memory-store';
import { ProbationReader } from './probation-reader';
import { SlabView } from './slab-view';
import { contentsOf, recount } from './store-contents.testing';
import { anyPlan, batchOf, capacityBytes, contents, judgement, type Plan } from './store-plans.testing';
import type { CommitResult, Erasure, StoreReader, StoreUsage, StoreWriter } from './store';

const anyStep = fc.oneof(
  { weight: 12, arbitrary: fc.array(anyPlan, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant('sweep' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
);

/** A writer with those who follow it: what a naive list says is held, and what the news say is in memory. */
class Followed {
  writer: StoreWriter;
  private view = new SlabView();
  evicted = 0;
  private readonly held = new Set<string>();

  constructor(
    private readonly open: () => StoreWriter,
    readonly disk: StoreReader,
  ) {
    this.writer = this.begin();
  }

  get reader(): StoreReader {
    return new ProbationReader(this.disk, this.view);
  }

  apply(step: readonly Plan[] | 'sweep', now: number): unknown {
    const answer = step === 'sweep' ? this.writer.sweep() : this.writer.commit(step.map(batchOf), now);
    this.view.apply(this.writer.moves());
    if (typeof answer !== 'boolean') this.note(answer);
    return answer;
  }

  async reopen(): Promise<void> {
    await this.writer.close();
    this.writer = this.begin();
  }

  /** Everything that anybody may believe is true. */
  async expectConsistent(): Promise<void> {
    const { storedBytes, memoryBytes, extents, memoryExtents } = this.writer.usage();
    expect(storedBytes + memoryBytes).toBeLessThanOrEqual(capacityBytes);
    const inMemory = this.writer.slab().held.map(nameOf).sort();
    const followed = contents.flatMap(({ swarmId }) =>
      this.view.indexes(swarmId).map((index) => nameOf({ swarmId, index })),
    );
    expect(followed.sort()).toEqual(inMemory);
    expect(memoryExtents).toBe(inMemory.length);
    expect(extents).toBe(this.held.size);
    const found = await Promise.all(
      contents.map(async ({ swarmId }) => {
        const opened = await this.reader.open(swarmId);
        return (opened?.extents ?? []).map((index) => nameOf({ swarmId, index }));
      }),
    );
    expect(found.flat().sort()).toEqual([...this.held].sort());
  }

  private note(results: readonly CommitResult[]): void {
    for (const { erased, written } of results) {
      const gone = erased.map(nameOf);
      for (const name of [...this.held]) if (gone.some((start) => name.startsWith(start))) this.held.delete(name);
      for (const ref of written) this.held.add(nameOf(ref));
    }
    for (const ref of results.flatMap(({ evicted }) => evicted)) if (this.held.delete(nameOf(ref))) this.evicted++;
  }

  private begin(): StoreWriter {
    const writer = this.open();
    this.view = new SlabView();
    this.view.begin(writer.slab());
    return writer;
  }
}

/** Without an index, how the names of all of the swarm's extents begin. */
function nameOf({ swarmId, index }: Erasure): string {
  return index === undefined ? swarmId : `${swarmId}/${String(index)}/`;
}

describe('any sequence of commits, sweeps and restarts', () => {
  it.each([0, 400_000])(
    'leaves the same in LMDB as in memory, never exceeds the capacity, and accounts every byte, with a slab of %i bytes',
    async (probationBytes) => {
      const most = { evicted: 0, memoryExtents: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 14 }), async (steps) => {
          const directory = mkdtempSync(join(tmpdir(), 'weir-store-'));
          const memory = new MemoryStore();
          const options = { capacityBytes, judgement, probationBytes };
          const ample = () => ({ freeBytes: 2 ** 50, totalBytes: 2 ** 50 });
          const kinds = [
            new Followed(() => memory.writer(options), memory.reader()),
            new Followed(() => openLmdbWriter({ directory, ...options }, ample), openLmdbReader(directory)),
          ];
          let now = 1_000_000;
          for (const step of steps) {
            now += 100;
            if (step === 'reopen') await Promise.all(kinds.map((kind) => kind.reopen()));
            else {
              const [one, other] = kinds.map((kind) => kind.apply(step, now));
              expect(other).toEqual(one);
            }
            const [usage, usageOnDisk] = kinds.map(({ writer }) => writer.usage());
            expect(accountOf(usageOnDisk)).toEqual(accountOf(usage));
            for (const kind of kinds) await kind.expectConsistent();
            most.memoryExtents = Math.max(most.memoryExtents, usage?.memoryExtents ?? 0);
            most.evicted = Math.max(most.evicted, kinds[0]?.evicted ?? 0);
          }
          const [inMemory, onDisk] = await Promise.all(kinds.map(({ reader }) => contentsOf(reader)));
          expect(onDisk).toEqual(inMemory);
          for (const { writer } of kinds) while (writer.sweep());
          const counted = await Promise.all(kinds.map(({ reader }) => recount(reader)));
          expect(counted).toEqual(kinds.map(({ writer }) => writer.usage()).map(bytesHeld));
          await Promise.all(kinds.flatMap(({ disk, writer }) => [disk.close(), writer.close()]));
          await rm(directory, { recursive: true });
        }),
        { numRuns: 3, endOnFailure: true },
      );
      // Otherwise nothing was tried.
      expect([most.evicted > 0, most.memoryExtents > 0]).toEqual([true, probationBytes > 0]);
    },
    120_000,
  );
});

function bytesHeld({ storedBytes, memoryBytes }: StoreUsage): number {
  return storedBytes + memoryBytes;
}

/** What is held, and where; what the policy makes of it is told by what it does. */
function accountOf(usage: StoreUsage | undefined): unknown {
  return usage && { ...usage, policy: usage.policy.segments };
}
