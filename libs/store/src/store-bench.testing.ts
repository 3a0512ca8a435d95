import { TestContent } from './content.testing';
import type { DiskSpace } from './disk';
import type { WriterLimits } from './table-writer';
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

/** A store with a writer and a reader on it. */
export class StoreBench {
  writer: StoreWriter;
  readonly reader: StoreReader;

  constructor(readonly store: StoreUnderTest) {
    this.writer = store.writer({ capacityBytes: roomy, judgement });
    this.reader = store.reader();
  }

  /** Another writer over what is there. */
  async reopen(capacityBytes: number, disk?: () => DiskSpace, probationBytes = 0): Promise<void> {
    await this.writer.close();
    this.writer = this.store.writer({ capacityBytes, judgement, probationBytes, ...(disk && { disk }) });
  }

  commit(batch: Partial<Batch>, now = 1000): CommitResult {
    const [result] = this.writer.commit([{ ...emptyBatch, ...batch }], now);
    if (result === undefined) throw new TypeError('each batch has a result');
    return result;
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.writer.close();
    await this.store.destroy();
  }
}
