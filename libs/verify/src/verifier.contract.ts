import fc from 'fast-check';
import { digest, hashFunctions, subtreeOf } from '@weir/ppspp';
import type { Verifier } from './verifier';

/** Chunks that differ: each of 100 bytes but the last. */
function chunksOf(count: number, lastBytes = 100): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => new Uint8Array(at === count - 1 ? lastBytes : 100).fill(at + 1));
}

function sharedCopy(bytes: Uint8Array, offset: number): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(offset + bytes.length + 10)).subarray(
    offset,
    offset + bytes.length,
  );
  shared.set(bytes);
  return shared;
}

/** What every verifier promises. */
export function describeVerifier(make: () => Verifier): void {
  let verifier: Verifier;

  beforeAll(() => {
    verifier = make();
  });

  afterAll(() => verifier.close());

  it.each(hashFunctions.flatMap((hash) => [0, 1, 63, 64, 65, 200].map((count) => ({ hash, count }))))(
    'hashes $count chunks with $hash, each by itself',
    async ({ hash, count }) => {
      const chunks = chunksOf(count, 7);
      const hashes = await verifier.leafHashes(hash, chunks);
      expect(hashes.map(hexOf)).toEqual(chunks.map((chunk) => hexOf(digest(hash, chunk))));
    },
  );

  it.each(hashFunctions.flatMap((hash) => [1, 10, 63, 64].map((count) => ({ hash, count }))))(
    'computes the subtree over $count chunks with $hash',
    async ({ hash, count }) => {
      const bytes = Buffer.concat(chunksOf(count, 7));
      expect(hexOf(await verifier.subtree(hash, bytes, 100))).toBe(hexOf(subtreeOf(hash, bytes, 100)));
    },
  );

  it('takes memory that is shared, all of it or some', async () => {
    const all = sharedCopy(Buffer.concat(chunksOf(70)), 13);
    const views = Array.from({ length: 70 }, (_, at) => all.subarray(at * 100, (at + 1) * 100));
    const expected = views.map((chunk) => hexOf(digest('sha256', chunk)));
    expect((await verifier.leafHashes('sha256', views)).map(hexOf)).toEqual(expected);
    const mixed = views.map((view, at) => (at === 69 ? Uint8Array.from(view) : view));
    expect((await verifier.leafHashes('sha256', mixed)).map(hexOf)).toEqual(expected);
    const extent = all.subarray(0, 6400);
    expect(hexOf(await verifier.subtree('sha1', extent, 100))).toBe(hexOf(subtreeOf('sha1', extent, 100)));
  });

  it('answers many at once, each its own', async () => {
    const sizes = fc.array(fc.nat(150), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, async (counts) => {
        const runs = counts.map((count) => chunksOf(count));
        const answers = await Promise.all(runs.map((chunks) => verifier.leafHashes('sha1', chunks)));
        expect(answers.map((hashes) => hashes.length)).toEqual(counts);
        const last = answers.map((hashes) => hashes.at(-1)).map((hash) => hash && hexOf(hash));
        expect(last).toEqual(runs.map((chunks) => chunks.at(-1)).map((chunk) => chunk && hexOf(digest('sha1', chunk))));
      }),
      { numRuns: 20 },
    );
  });

  it('finishes what is under way when it is closed, and takes no more', async () => {
    const closing = make();
    const answer = closing.leafHashes('sha256', chunksOf(500));
    await closing.close();
    expect(await answer).toHaveLength(500);
    await expect(closing.leafHashes('sha256', chunksOf(500))).rejects.toMatchObject({ code: 'VERIFY_CLOSED' });
    await expect(closing.leafHashes('sha256', chunksOf(1))).rejects.toMatchObject({ code: 'VERIFY_CLOSED' });
    await expect(closing.subtree('sha1', new Uint8Array(6400), 100)).rejects.toMatchObject({ code: 'VERIFY_CLOSED' });
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
