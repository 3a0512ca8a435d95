import { TestContent } from './content.testing';
import type { DiskSpace } from './disk';
import { ProbationReader } from './probation-reader';
import { SlabView } from './slab-view';
import type { WriterLimits } from './writer-limits';
import { type Batch, type CommitResult, type StoreReader, type StoreWriter, emptyBatch } from './store';

/** What a writer is opened with. */
export type BenchOptions = Omit<WriterLimits, 'disk'> & { readonly disk?: () => DiskSpace };

/** One kind of store. What a writer wrote is there for the next, and for every reader. */
export interface StoreUnderTest {
  writer(options: BenchOptions): StoreWriter;
  reader(): StoreReader;
  destroy(): Promise<void>;
}

/** Bytes on disk of 64 chunks of 1 KiB with their SHA-256 hashes. */
export const extentBytes = 17 * 4096;

/** A capacity that nothing here fills. */
export const roomy = 64 * 1024 * 1024;

/** Seconds. */
export const day = 86_400;

/** Two contents, of the two hash functions that every implementation must support. */
export const one = new TestContent(1);
export const other = new TestContent(2, { hash: 'sha1', chunkCount: 200 });

/** One swarm may fill the store here, and a run is like the one before. */
const judgement = { seed: 1, swarmShareMax: 1 };

/** A store with a writer, a reader of what is on disk, and one that reads what is in memory too. */
export class StoreBench {
  writer: StoreWriter;
  view = new SlabView();
  reader: StoreReader;
  readonly disk: StoreReader;

  constructor(readonly store: StoreUnderTest) {
    this.writer = store.writer({ capacityBytes: roomy, judgement });
    this.disk = store.reader();
    this.reader = this.follow();
  }

  /** Another writer over what is there. */
  async reopen(capacityBytes: number, disk?: () => DiskSpace, probationBytes = 0): Promise<void> {
    await this.writer.close();
    this.writer = this.store.writer({ capacityBytes, judgement, probationBytes, ...(disk && { disk }) });
    this.reader = this.follow();
  }

  commit(batch: Partial<Batch>, now = 1000): CommitResult {
    const [result] = this.writer.commit([{ ...emptyBatch, ...batch }], now);
    this.view.apply(this.writer.moves());
    if (result === undefined) throw new TypeError('each batch has a result');
    return result;
  }

  async close(): Promise<void> {
    await this.disk.close();
    await this.writer.close();
    await this.store.destroy();
  }

  private follow(): StoreReader {
    this.view = new SlabView();
    this.view.begin(this.writer.slab());
    return new ProbationReader(this.disk, this.view);
  }
}
