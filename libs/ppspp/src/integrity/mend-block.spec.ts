import * as fc from 'fast-check';
import { extentChunks, subtreeHashes, type HashBlock, type SwarmRecord } from '../swarm/content';
import { placeOf } from './block';
import { combine } from './hash';
import type { Proof } from './hash-tree';
import { mendedBlock } from './mend-block';
import { extentHeight, subtreeHash } from './subtree';
import { TreeBuilder } from './tree-builder';

const size = 32;

/** A tree above extents whose own hashes are anything. */
function contentOf(extents: number) {
  const builder = new TreeBuilder('sha256');
  const subtrees = Array.from({ length: extents }, (_, index) =>
    Buffer.alloc(subtreeHashes * size, `${index} of ${extents}`),
  );
  for (const subtree of subtrees) builder.add(subtree);
  const chunkCount = extents * extentChunks;
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const swarmId = Buffer.from(root).toString('hex');
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 } as const;
  const record: SwarmRecord = { metadata, chunkCount, peaks, contentBytes: undefined };
  const proof: Proof = (height, index) => {
    const { tier, block, position } = placeOf(height, index);
    const found = blocks.find((one) => one.tier === tier && one.index === block)?.hashes;
    return found?.subarray(position * size, (position + 1) * size);
  };
  return { record, blocks, rootOf: rootsOf(subtrees, blocks), proof };
}

function rootsOf(subtrees: readonly Uint8Array[], blocks: readonly HashBlock[]) {
  return (tier: number, index: number): Uint8Array | undefined => {
    const subtree = tier === 0 ? subtrees[index] : undefined;
    if (subtree !== undefined) return subtreeHash(subtree, size, extentHeight, 0);
    const below = blocks.find((one) => one.tier === tier && one.index === index)?.hashes;
    if (below === undefined) return undefined;
    const half = (at: number): Uint8Array => subtreeHash(below, size, extentHeight - 1, at);
    return combine('sha256', half(0), half(1));
  };
}

const contents = [2, 3, 63, 64, 65, 100, 128, 4096, 4100].map((extents) => contentOf(extents));
const anyContent = fc.constantFrom(...contents);

function flipped({ hashes, ...place }: HashBlock, bits: readonly number[]): HashBlock {
  const broken = hashes.slice();
  for (const bit of bits) broken[Math.floor(bit / 8)] = (broken[Math.floor(bit / 8)] ?? 0) ^ (1 << (bit % 8));
  return { ...place, hashes: broken };
}

const anyBits = (max: number) => fc.array(fc.nat(subtreeHashes * size * 8 - 1), { minLength: 1, maxLength: max });

it('makes a block anew from what it stands on, whatever became of it', () => {
  fc.assert(
    fc.property(anyContent, fc.nat(), anyBits(200), ({ record, blocks, rootOf, proof }, nth, bits) => {
      const block = blocks[nth % blocks.length];
      if (block === undefined) return;
      const below = (leaf: number) => rootOf(block.tier - 1, block.index * 64 + leaf);
      const mended = mendedBlock(record, { broken: flipped(block, bits), below, others: proof });
      expect(mended).toEqual({ ...block, hashes: Uint8Array.from(block.hashes) });
    }),
    { numRuns: 30 },
  );
});

it('with some of what it stands on, leaves out what cannot be told, and says nothing that is wrong', () => {
  fc.assert(
    fc.property(anyContent, fc.nat(), anyBits(3), fc.nat(), ({ record, blocks, rootOf, proof }, nth, bits, held) => {
      const block = blocks[nth % blocks.length];
      if (block === undefined) return;
      const below = (leaf: number) =>
        (held * (leaf + 1)) % 7 < 3 ? rootOf(block.tier - 1, block.index * 64 + leaf) : undefined;
      const { hashes } = mendedBlock(record, { broken: flipped(block, bits), below, others: proof }) ?? block;
      for (let from = 0; from < hashes.length; from += size) {
        const hash = Buffer.from(hashes.subarray(from, from + size));
        const isRight = hash.equals(block.hashes.subarray(from, from + size)) || hash.equals(Buffer.alloc(size));
        expect([from / size, isRight]).toEqual([from / size, true]);
      }
    }),
    { numRuns: 30 },
  );
});

it('mends a hash between others without anything below', () => {
  const { record, blocks, proof } = contentOf(64);
  const [block] = blocks;
  if (block === undefined) throw new RangeError('a tree has blocks');
  const height = 3;
  const position = 7;
  const broken = flipped(block, [position * size * 8 + 5]);
  expect(subtreeHash(broken.hashes, size, height, 0)).not.toEqual(subtreeHash(block.hashes, size, height, 0));
  const mended = mendedBlock(record, { broken, below: () => undefined, others: proof });
  expect(mended?.hashes).toEqual(Uint8Array.from(block.hashes));
});

it('believes nothing where the record does not lead to the swarm ID', () => {
  const { record, blocks, rootOf, proof } = contentOf(64);
  const [block] = blocks;
  if (block === undefined) throw new RangeError('a tree has blocks');
  const other = { ...record, metadata: { ...record.metadata, swarmId: 'ab'.repeat(32) } };
  const below = (leaf: number) => rootOf(0, leaf);
  expect(mendedBlock(other, { broken: block, below, others: proof })).toBeUndefined();
});
