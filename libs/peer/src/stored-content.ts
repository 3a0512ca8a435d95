import type { Extent, OpenedContent, SwarmId } from '@weir/ppspp';
import { emptyBatch, type ExtentRef, type StoreClient, type StoreReader } from '@weir/store';
import type { ContentStore, ContentWrite, ContentWritten } from './content-store';

/** How often the writer hears which extents were read: eviction goes by it, and need not know to the second. */
const touchMillis = 1_000;

/** Extents noted as read between two such messages; more of them are the same ones again, or a scan. */
const touchedMax = 4_096;

/** Who hears of what became of writes. */
export interface StoredContentListener {
  onFailure(failure: unknown): void;
  /** Of each write that was taken, or refused for want of disk, which it was. */
  onWritten(isFull: boolean): void;
}

/** The cache's store, as one datapath thread uses it: it reads LMDB itself, and writes through the writer's thread. */
export class StoredContent implements ContentStore {
  private readonly touched = new Map<string, ExtentRef>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly reader: StoreReader,
    private readonly writer: StoreClient,
    private readonly listener: StoredContentListener,
  ) {
    this.timer = setInterval(() => {
      this.tellTouched();
    }, touchMillis);
    this.timer.unref();
  }

  open(swarmId: SwarmId): Promise<OpenedContent | undefined> {
    return this.reader.open(swarmId);
  }

  async read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    const extent = await this.reader.read(swarmId, index);
    if (extent !== undefined && this.touched.size < touchedMax)
      this.touched.set(`${swarmId}/${String(index)}`, { swarmId, index });
    return extent;
  }

  /** What had to go to make room is told to every thread by the writer's notice, this one included. */
  async write({ record, extents, blocks }: ContentWrite): Promise<ContentWritten> {
    const { refused, evicted } = await this.writer.commit({ ...emptyBatch, writes: [{ record, extents, blocks }] });
    const { swarmId } = record.metadata;
    const isFull = refused.some(({ reason }) => reason === 'full');
    if (isFull || refused.length === 0) this.listener.onWritten(isFull);
    const isGone = (index: number): boolean =>
      [...refused, ...evicted].some((ref) => ref.swarmId === swarmId && ref.index === index);
    return { written: extents.map(({ index }) => index).filter((index) => !isGone(index)), evicted: [] };
  }

  async erase(swarmId: SwarmId, index: number): Promise<void> {
    await this.writer.commit({ ...emptyBatch, erase: [{ swarmId, index }] });
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.tellTouched();
    await this.writer.close();
    await this.reader.close();
  }

  private tellTouched(): void {
    if (this.touched.size === 0 || this.writer.saturated) return;
    const touched = [...this.touched.values()];
    this.touched.clear();
    this.writer.commit({ ...emptyBatch, touched }).catch((failure: unknown) => {
      this.listener.onFailure(failure);
    });
  }
}
