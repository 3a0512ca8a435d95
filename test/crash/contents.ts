import {
  extentChunks,
  subtreeOf,
  TreeBuilder,
  type Extent,
  type HashBlock,
  type HashFunction,
  type SwarmRecord,
} from '@weir/ppspp';
import type { SwarmWrite } from '@weir/store';
import { diceOf } from './dice';

/** A content whose hashes are real, up to the root that names its swarm. */
export class Content {
  readonly record: SwarmRecord;
  private readonly blocks: readonly HashBlock[];

  constructor(
    private readonly extents: readonly Extent[],
    shape: Shape,
    bytes: number,
  ) {
    const builder = new TreeBuilder(shape.hash);
    for (const { hashes } of extents) builder.add(hashes);
    const chunkCount = Math.ceil(bytes / shape.chunkSize);
    const { root, peaks, blocks } = builder.finish(chunkCount);
    this.blocks = blocks;
    const metadata = { swarmId: Buffer.from(root).toString('hex'), addressing: 'chunk32', ...shape } as const;
    this.record = { metadata, chunkCount, peaks, contentBytes: bytes };
  }

  get swarmId(): string {
    return this.record.metadata.swarmId;
  }

  get extentCount(): number {
    return this.extents.length;
  }

  /** What writes a run of extents, with the hashes above them. */
  write(first: number, count: number): SwarmWrite {
    const extents = this.extents.slice(first, first + count);
    const blocks = this.blocks.filter(({ tier, index }) =>
      extents.some((extent) => Math.floor(extent.index / extentChunks ** tier) === index),
    );
    return { record: this.record, extents, blocks };
  }
}

interface Shape {
  readonly chunkSize: number;
  readonly hash: HashFunction;
}

const shapes: readonly (Shape & { readonly extents: number })[] = [
  { chunkSize: 1024, hash: 'sha256', extents: 40 },
  { chunkSize: 1024, hash: 'sha1', extents: 70 },
  { chunkSize: 256, hash: 'sha256', extents: 150 },
  { chunkSize: 256, hash: 'sha256', extents: 90 },
  { chunkSize: 64, hash: 'sha1', extents: 200 },
  { chunkSize: 16, hash: 'sha256', extents: 3 },
  { chunkSize: 8192, hash: 'sha256', extents: 4 },
];

/** The contents that every scenario plays with: some 15 MB, the same in every process. */
export function madeContents(): Content[] {
  return shapes.map(({ extents, ...shape }, seed) => {
    const dice = diceOf(seed);
    const step = extentChunks * shape.chunkSize;
    // The last extent is short, and its last chunk too.
    const length = (extents - 1) * step + 1 + dice.below(step);
    const bytes = seededBytes(length, seed);
    const made = Array.from({ length: extents }, (_, index) => {
      const part = bytes.subarray(index * step, (index + 1) * step);
      return { index, bytes: part, hashes: subtreeOf(shape.hash, part, shape.chunkSize) };
    });
    return new Content(made, shape, length);
  });
}

function seededBytes(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at + seed * 7919, 2654435761) ^ (at >>> 3);
  return new Uint8Array(words.buffer, 0, length);
}
