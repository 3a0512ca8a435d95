import type { Address, Extent, HashBlock, OpenedContent, SwarmId, SwarmRecord } from '@weir/ppspp';

/** Verified content of one swarm. Each block replaces the one of the same tier and index. */
export interface ContentWrite {
  readonly record: SwarmRecord;
  readonly extents: readonly Extent[];
  readonly blocks: readonly HashBlock[];
}

/** What a write did. */
export interface ContentWritten {
  /** Indexes of the extents that are held now. */
  readonly written: readonly number[];
  /** What had to go to make room. */
  readonly evicted: readonly { readonly swarmId: SwarmId; readonly index: number }[];
}

/** A subscriber came to an extent, held or not. */
export interface ContentUse {
  readonly swarmId: SwarmId;
  readonly extent: number;
  readonly chunkSize: number;
  readonly by: Address;
}

/** Where a driver reads and writes content: the same for one file and for a whole cache. */
export interface ContentStore {
  /** Undefined for a swarm of which nothing is held. */
  open(swarmId: SwarmId): Promise<OpenedContent | undefined>;
  /** Undefined for what is not held. The bytes are the caller's to keep. */
  read(swarmId: SwarmId, index: number): Promise<Extent | undefined>;
  write(content: ContentWrite): Promise<ContentWritten>;
  /** Forgets an extent that proved corrupt. */
  erase(swarmId: SwarmId, index: number): Promise<void>;
  /** A subscriber came to an extent, held or not: once on his way through the content. Left out, nobody cares. */
  used?(use: ContentUse): void;
  close(): Promise<void>;
}
