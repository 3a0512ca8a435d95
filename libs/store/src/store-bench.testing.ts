import { TestContent } from './content.testing';
import type { DiskSpace } from './disk';
import { type Batch, type CommitResult, type StoreReader, type StoreWriter, emptyBatch } from './store';

/** One kind of store. What a writer wrote is there for the next, and for every reader. */
export interface StoreUnderTest {
  writer(options: { capacityBytes: number; disk?: () => DiskSpace }): StoreWriter;
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

/** A store with a writer and a reader on it. */
export class StoreBench {
  writer: StoreWriter;
  readonly reader: StoreReader;

  constructor(readonly store: StoreUnderTest) {
    this.writer = store.writer({ capacityBytes: roomy });
    this.reader = store.reader();
  }

  /** Another writer over what is there. */
  async reopen(capacityBytes: number, disk?: () => DiskSpace): Promise<void> {
    await this.writer.close();
    this.writer = this.store.writer({ capacityBytes, ...(disk && { disk }) });
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
