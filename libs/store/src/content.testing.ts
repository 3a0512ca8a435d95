import {
  type Extent,
  type HashBlock,
  type HashFunction,
  type SwarmRecord,
  extentChunks,
  hashBytes,
  subtreeHashes,
} from '@weir/ppspp';
import type { Batch, SwarmWrite } from './store';
import { emptyBatch } from './store';

/** Bytes that depend on `seed` alone. */
export function seededBytes(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** A made-up content: right in every length, its hashes arbitrary. */
export class TestContent {
  readonly record: SwarmRecord;

  constructor(
    readonly seed: number,
    {
      chunkCount = 640,
      chunkSize = 1024,
      hash = 'sha256',
    }: { chunkCount?: number; chunkSize?: number; hash?: HashFunction } = {},
  ) {
    const swarmId = Buffer.from(seededBytes(hashBytes[hash], seed)).toString('hex');
    const peakCount = chunkCount.toString(2).replaceAll('0', '').length;
    const peaks = Array.from({ length: peakCount }, (_, at) => seededBytes(hashBytes[hash], seed + at).slice());
    const metadata = { swarmId, hash, addressing: 'chunk32', chunkSize } as const;
    this.record = { metadata, chunkCount, peaks, contentBytes: undefined };
  }

  get swarmId(): string {
    return this.record.metadata.swarmId;
  }

  extent(index: number): Extent {
    const chunks = Math.min(extentChunks, this.record.chunkCount - index * extentChunks);
    const bytes = seededBytes(chunks * this.record.metadata.chunkSize, this.seed * 1000 + index);
    return { index, bytes, hashes: this.hashes(index) };
  }

  block(tier: number, index: number): HashBlock {
    return { tier, index, hashes: this.hashes(tier * 100 + index) };
  }

  write(indexes: readonly number[], blocks: readonly HashBlock[] = []): SwarmWrite {
    return { record: this.record, extents: indexes.map((index) => this.extent(index)), blocks };
  }

  batch(indexes: readonly number[], blocks: readonly HashBlock[] = []): Batch {
    return { ...emptyBatch, writes: [this.write(indexes, blocks)] };
  }

  private hashes(seed: number): Uint8Array {
    return seededBytes(subtreeHashes * hashBytes[this.record.metadata.hash], this.seed + seed * 7);
  }
}
