import { chunkMax, type ChunkAddressing } from '../addressing/method';
import { equalBytes } from '../integrity/hash';
import { SparseTree } from '../swarm/sparse.testing';
import type { Address } from './address';
import { TestEndpoint } from './endpoint.testing';

const home: Address = { ip: '192.0.2.1', port: 6778 };
const away: Address = { ip: '192.0.2.9', port: 6778 };
const chunkSize = 1_024;

/** A content of 64-chunk extents, of which the seeder has a few: about these chunks. */
interface Scene {
  readonly addressing: ChunkAddressing;
  readonly chunkCount: number;
  readonly chunks: readonly number[];
}

const scenes: readonly Scene[] = [
  // Over 4 GiB, where byte offsets leave 32 bits.
  { addressing: 'chunk32', chunkCount: 2 ** 23 + 1, chunks: [0, 2 ** 22 + 70, 2 ** 23] },
  { addressing: 'byte64', chunkCount: 2 ** 23 + 1, chunks: [0, 2 ** 22 + 70, 2 ** 23] },
  { addressing: 'bin32', chunkCount: 2 ** 23 + 1, chunks: [0, 2 ** 22 + 70, 2 ** 23] },
  // As many chunks as 32 bits can name.
  { addressing: 'chunk32', chunkCount: 2 ** 32 - 1, chunks: [0, 2 ** 31, 2 ** 32 - 2] },
  { addressing: 'bin32', chunkCount: 2 ** 31 - 5, chunks: [0, 2 ** 30, 2 ** 31 - 6] },
  // And more.
  { addressing: 'chunk64', chunkCount: 2 ** 33 + 5, chunks: [0, 2 ** 32 + 77, 2 ** 33 + 4] },
  { addressing: 'bin64', chunkCount: 2 ** 33 + 5, chunks: [0, 2 ** 32 + 77, 2 ** 33 + 4] },
  { addressing: 'byte64', chunkCount: 2 ** 33 + 5, chunks: [0, 2 ** 32 + 77, 2 ** 33 + 4] },
  { addressing: 'chunk64', chunkCount: 2 ** 40, chunks: [64, 2 ** 39 - 1, 2 ** 40 - 1] },
  { addressing: 'bin64', chunkCount: 2 ** 40 + 2 ** 20 + 1, chunks: [64, 2 ** 39 - 1, 2 ** 40 + 2 ** 20] },
  { addressing: 'byte64', chunkCount: 2 ** 40 + 3, chunks: [64, 2 ** 39 - 1, 2 ** 40 + 2] },
];

describe.each(scenes)(
  'a content of $chunkCount chunks addressed by $addressing',
  ({ addressing, chunkCount, chunks }) => {
    const tree = new SparseTree(chunkCount, { hash: 'sha256', addressing, chunkSize });
    const extents = chunks.map((chunk) => Math.floor(chunk / 64));

    it.each([true, false])('is asked for, sent and verified where its seeder has it, trusted: %s', (trusted) => {
      expect(chunkCount - 1).toBeLessThanOrEqual(chunkMax(addressing, chunkSize));
      const seeder = new TestEndpoint().seed(tree.holding(...extents), trusted);
      const leecher = new TestEndpoint().fetch(tree.metadata, home);
      for (let turn = 0; turn < 400 && leecher.written.size < extents.length; turn++) {
        for (const { bytes } of leecher.wait(5_000)) seeder.hear(away, bytes);
        for (const { bytes } of seeder.wait(5_000)) leecher.hear(home, bytes);
      }
      expect([...leecher.written.keys()].sort((one, other) => one - other)).toEqual(extents);
      const isRight = ([extent, bytes]: [number, Uint8Array]): boolean => equalBytes(bytes, tree.extent(extent).bytes);
      expect([...leecher.written].every(isRight)).toBe(true);
      expect([...leecher.endpoint.counters.faults]).toEqual([]);
      expect(leecher.notices).toContainEqual(expect.objectContaining({ type: 'swarm-sized', chunkCount }));
    });
  },
);
