import type { Extent, OpenedContent, SwarmId } from '@weir/ppspp';
import {
  type DamageKind,
  emptyBatch,
  type Erasure,
  type Finding,
  ProbationReader,
  StoreError,
  type StoreClient,
  type StoreReader,
} from '@weir/store';
import type { ContentStore, ContentUse, ContentWrite, ContentWritten } from './content-store';
import { Uses } from './uses';

/** How often the writer hears of uses while nothing is written: what is kept goes by them, and need not know to the second. */
const usesMillis = 1_000;

/** Who hears of what became of writes. */
export interface StoredContentListener {
  onFailure(failure: unknown): void;
  /** Of each write that was taken, or refused for want of disk, which it was. */
  onWritten(isFull: boolean): void;
  /** The disk did not give up an extent. */
  onUnreadable?(): void;
  /** Something that was read is not what was written; it was removed. */
  onDamage(finding: Finding): void;
}

/**
 * The cache's store, as one datapath thread uses it: it reads the slab and LMDB itself, and writes through the writer's thread.
 */
export class StoredContent implements ContentStore {
  private readonly reader: StoreReader;
  private readonly uses: Uses;
  private readonly timer: NodeJS.Timeout;

  constructor(
    disk: StoreReader,
    private readonly writer: StoreClient,
    /** By which subscribers are numbered: see `Uses`. */
    usesKey: Uint8Array,
    private readonly listener: StoredContentListener,
  ) {
    this.uses = new Uses(usesKey);
    this.reader = new ProbationReader(disk, writer.slab);
    this.timer = setInterval(() => {
      this.tellUses();
    }, usesMillis);
    this.timer.unref();
  }

  open(swarmId: SwarmId): Promise<OpenedContent | undefined> {
    return this.reader.open(swarmId).catch((error: unknown) => this.withoutDamaged(error, swarmId));
  }

  read(swarmId: SwarmId, index: number): Promise<Extent | undefined> {
    return this.reader.read(swarmId, index).catch((error: unknown) => this.unread(error, swarmId, index));
  }

  /**
   * What had to go to make room is told to every thread by the writer's notice, this one included. What was asked for goes along,
   * so that the policy hears of it before what was fetched for it comes.
   */
  async write({ record, extents, blocks }: ContentWrite): Promise<ContentWritten> {
    const touched = this.writer.saturated ? [] : this.uses.drain();
    const { refused, evicted } = await this.writer.commit({
      ...{ ...emptyBatch, touched },
      writes: [{ record, extents, blocks }],
    });
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

  used(use: ContentUse): void {
    this.uses.note(use);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.tellUses();
    await this.writer.close();
    await this.reader.close();
  }

  /** What the disk does not give up is removed, so that it is fetched again, and written elsewhere; so is what is not what was written. */
  private async unread(failure: unknown, swarmId: SwarmId, index: number): Promise<undefined> {
    if (!(failure instanceof StoreError) || failure.code !== 'STORE_UNREADABLE')
      return this.withoutDamaged(failure, swarmId, index);
    this.listener.onUnreadable?.();
    this.listener.onDamage(found('unreadable', 'the disk does not give it back', { swarmId, index }));
    await this.erase(swarmId, index);
    throw failure;
  }

  /** What is not what was written is as if it were not there, once it is not. Anything else that went wrong still has. */
  private async withoutDamaged(error: unknown, swarmId: SwarmId, index?: number): Promise<undefined> {
    if (!(error instanceof StoreError) || error.code !== 'STORE_CORRUPT') throw error;
    const isExtent = index !== undefined && 'index' in error.details;
    const gone = isExtent ? { swarmId, index } : { swarmId };
    await this.writer.commit({ ...emptyBatch, erase: [gone] });
    this.listener.onDamage(found(isExtent ? 'extent' : 'record', 'it is not what was written', gone));
    return undefined;
  }

  private tellUses(): void {
    if (this.uses.size === 0 || this.writer.saturated) return;
    this.writer.commit({ ...emptyBatch, touched: this.uses.drain() }).catch((failure: unknown) => {
      this.listener.onFailure(failure);
    });
  }
}

function found(kind: DamageKind, detail: string, { swarmId, index: extent }: Erasure): Finding {
  const when = Math.floor(Date.now() / 1000);
  return { when, kind, foundBy: 'read', remedy: 'erased', detail, swarmId, extent };
}
