import * as fc from 'fast-check';
import { extentChunks } from '../swarm/content';
import { hashFunctions, type HashFunction } from '../swarm/metadata';
import { published } from '../swarm/published.testing';
import { bytesOfSwarmId, hexOf } from '../channel/handshake';
import { combine, digest, hashBytes, hashFunctionOfLength } from './hash';
import { HashTree } from './hash-tree';
import { rootOfPeaks } from './peaks';

/** The example of FIPS 180-4: the hash of "abc" by each function. */
const ofAbc: Readonly<Record<HashFunction, string>> = {
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  sha224: '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7',
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha384: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
    '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
};

describe.each(hashFunctions)('%s', (hash) => {
  it('gives what its standard says', () => {
    expect(hexOf(digest(hash, new TextEncoder().encode('abc')))).toBe(ofAbc[hash]);
    expect(hashBytes[hash] * 2).toBe(ofAbc[hash].length);
  });

  it('is told by the length of its hashes', () => {
    expect(hashFunctionOfLength(hashBytes[hash])).toBe(hash);
  });

  it('keeps the hash of nothing for nodes over nothing', () => {
    const empty = new Uint8Array(hashBytes[hash]);
    expect(combine(hash, empty, empty)).toEqual(empty);
    expect(combine(hash, digest(hash, empty), empty)).toEqual(
      Uint8Array.from(digest(hash, Uint8Array.from([...digest(hash, empty), ...empty]))),
    );
  });

  it('makes trees of which the peaks lead to the root and each extent is proven', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (size) => {
        const { metadata, content, extents } = published(size, { hash, chunkSize: 32 });
        const { chunkCount, peaks } = content.record;
        expect(hexOf(rootOfPeaks(hash, chunkCount, peaks))).toBe(metadata.swarmId);
        const tree = new HashTree(hash, bytesOfSwarmId(metadata.swarmId));
        expect(tree.adoptPeaks(chunkCount, peaks)).toBe(true);
        for (const block of content.blocks) tree.trust(block);
        const verdicts = extents.map(({ index, hashes }) => tree.admitExtent(index, hashes));
        expect(new Set(verdicts)).toEqual(new Set(['verified']));
        expect(extents.length).toBe(Math.ceil(chunkCount / extentChunks));
      }),
      { numRuns: 20 },
    );
  });
});

it('of no other length is there a function', () => {
  for (const bytes of [0, 1, 19, 21, 33, 63, 65]) expect(hashFunctionOfLength(bytes)).toBeUndefined();
});
