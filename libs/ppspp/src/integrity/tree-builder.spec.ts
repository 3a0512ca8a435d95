import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { z } from 'zod';
import { peakNodes, rootHeight } from '../addressing/node';
import { extentChunks } from '../swarm/content';
import { generated } from '../swarm/published.testing';
import { combine, digest } from './hash';
import { rootOfPeaks } from './peaks';
import { subtreeOf, subtreeOfLeaves } from './subtree';
import { TreeBuilder, type BuiltTree } from './tree-builder';

/** What other people's peers published: see test/vectors/README.md. */
const folder = join(__dirname, '../../../../test/vectors');
const vector = z.object({
  name: z.string(),
  integrity: z.string(),
  swarmId: z.string(),
  chunks: z.number().optional(),
  peakHashes: z.array(z.string()).optional(),
  content: z.object({ seed: z.string(), size: z.number().optional(), sha256: z.string().optional() }),
});
const vectors = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => vector.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
  .filter(({ integrity }) => integrity === 'merkle-hash-tree');

function treeOf(leaves: readonly Uint8Array[]): BuiltTree {
  const builder = new TreeBuilder('sha256');
  for (let from = 0; from < leaves.length; from += extentChunks) {
    builder.add(subtreeOfLeaves('sha256', leaves.slice(from, from + extentChunks)));
  }
  return builder.finish(leaves.length);
}

/** The tree as RFC 7574 section 5.1 describes it, level by level over a base that is padded to a power of two. */
function describedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const empty = new Uint8Array(32);
  let level = Array.from({ length: 2 ** rootHeight(leaves.length) }, (_, at) => leaves[at] ?? empty);
  while (level.length > 1) {
    const below = level;
    level = Array.from({ length: below.length / 2 }, (_, at) =>
      combine('sha256', below[2 * at] ?? empty, below[2 * at + 1] ?? empty),
    );
  }
  return level[0] ?? empty;
}

it('has vectors', () => {
  expect(vectors.length).toBe(6);
});

it.each(vectors)('$name: gets the root and the peaks that others got', ({ content, chunks, peakHashes, swarmId }) => {
  const bytes = generated(content.seed, content.size ?? 0);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(content.sha256);
  const builder = new TreeBuilder('sha1');
  for (let from = 0; from < bytes.length; from += extentChunks * 1_024) {
    builder.add(subtreeOf('sha1', bytes.subarray(from, from + extentChunks * 1_024), 1_024));
  }
  const { root, peaks } = builder.finish(chunks ?? 0);
  expect(Buffer.from(root).toString('hex')).toBe(swarmId);
  expect(peaks.map((peak) => Buffer.from(peak).toString('hex'))).toEqual(peakHashes);
});

it('is the tree of RFC 7574 section 5.1 for any number of chunks, and its peaks lead to its root', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), (count) => {
      const leaves = Array.from({ length: count }, (_, at) => digest('sha256', Uint8Array.of(at % 256, at >> 8)));
      const { root, peaks } = treeOf(leaves);
      expect(Buffer.compare(root, describedRoot(leaves))).toBe(0);
      expect(peaks.length).toBe(peakNodes(count).length);
      expect(Buffer.compare(rootOfPeaks('sha256', count, peaks), root)).toBe(0);
    }),
    { numRuns: 60, examples: [[1], [2], [63], [64], [65], [128], [4_097]] },
  );
});
