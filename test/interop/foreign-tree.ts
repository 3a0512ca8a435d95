import { createHash } from 'node:crypto';
import { peakNodes, rangeOfNode, type ChunkRange, type IntegrityMessage, type TreeNode } from '@weir/ppspp';

/** The hashes of a content, computed apart from the code under test: those of nodes over whole pairs alone. */
export class ForeignTree {
  readonly chunkCount: number;
  private readonly levels: Uint8Array[][];

  constructor(bytes: Uint8Array, chunkSize: number) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, chunk) =>
      bytes.subarray(chunk * chunkSize, (chunk + 1) * chunkSize),
    );
    this.chunkCount = chunks.length;
    this.levels = [chunks.map((chunk) => sha1(chunk))];
    for (let below = this.levels[0] ?? []; below.length > 1; below = this.levels.at(-1) ?? []) {
      this.levels.push(pairsOf(below).map((pair) => sha1(...pair)));
    }
  }

  get peaks(): IntegrityMessage[] {
    return peakNodes(this.chunkCount).map((node) => this.message(node));
  }

  /** The uncles of a chunk, from the top down, as far as the receiver cannot know them. RFC 7574 section 5.4. */
  uncles(chunk: number, isKnown: (range: ChunkRange) => boolean): IntegrityMessage[] {
    const uncles: IntegrityMessage[] = [];
    for (let height = 0, index = chunk; !this.isPeak(height, index); height++, index = Math.floor(index / 2)) {
      if (isKnown(rangeOfNode(height + 1, Math.floor(index / 2)))) break;
      uncles.unshift(this.message({ height, index: index % 2 === 0 ? index + 1 : index - 1 }));
    }
    return uncles;
  }

  private isPeak(height: number, index: number): boolean {
    return peakNodes(this.chunkCount).some((peak) => peak.height === height && peak.index === index);
  }

  private message({ height, index }: TreeNode): IntegrityMessage {
    const hash = this.levels[height]?.[index] ?? new Uint8Array(20);
    return { type: 'integrity', range: rangeOfNode(height, index), hash };
  }
}

/** A node without a sibling has no parent here: it stands under no peak. */
function pairsOf(hashes: readonly Uint8Array[]): Uint8Array[][] {
  return Array.from({ length: Math.floor(hashes.length / 2) }, (_, at) => hashes.slice(2 * at, 2 * at + 2));
}

function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
