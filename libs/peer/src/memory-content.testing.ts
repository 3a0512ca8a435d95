import type { Extent, HashBlock, OpenedContent, SwarmRecord } from '@weir/ppspp';
import type { ContentStore, ContentWrite, ContentWritten } from './content-store';

/** One swarm in memory, behind the interface of a store. */
export class MemoryContent implements ContentStore {
  record: SwarmRecord | undefined;
  readonly extents = new Map<number, Extent>();
  readonly blocks = new Map<string, HashBlock>();

  static of(content: OpenedContent, extents: readonly Extent[]): MemoryContent {
    const memory = new MemoryContent();
    memory.record = content.record;
    for (const extent of extents) memory.extents.set(extent.index, extent);
    for (const block of content.blocks) memory.blocks.set(`${String(block.tier)}/${String(block.index)}`, block);
    return memory;
  }

  open(): Promise<OpenedContent | undefined> {
    const { record } = this;
    if (record === undefined) return Promise.resolve(undefined);
    return Promise.resolve({ record, extents: [...this.extents.keys()], blocks: [...this.blocks.values()] });
  }

  read(_: string, index: number): Promise<Extent | undefined> {
    return Promise.resolve(this.extents.get(index));
  }

  write({ record, extents, blocks }: ContentWrite): Promise<ContentWritten> {
    this.record = record;
    for (const extent of extents) this.extents.set(extent.index, extent);
    for (const block of blocks) this.blocks.set(`${String(block.tier)}/${String(block.index)}`, block);
    return Promise.resolve({ written: extents.map(({ index }) => index), evicted: [] });
  }

  erase(_: string, index: number): Promise<void> {
    this.extents.delete(index);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
