// Extents that are right in every length, for stores that nothing verifies: their bytes and hashes mean nothing.
import { randomFillSync } from 'node:crypto';

/** Chunks in an extent, and hashes of its subtree. */
const extentChunks = 64;
const subtreeHashes = 127;
const hashSizes = { sha1: 20, sha256: 32 };

/** One kind of content: `extents` extents a swarm, of chunks of `chunkSize` bytes. */
export class MadeContent {
  constructor({ chunkSize, hash = 'sha256', extents }) {
    this.shape = { chunkSize, hash, extents };
    this.bytes = random(extentChunks * chunkSize);
    this.hashes = random(subtreeHashes * hashSizes[hash]);
  }

  /** Bytes of content in one extent. */
  get extentBytes() {
    return this.bytes.length;
  }

  swarmId(number) {
    return number.toString(16).padStart(2 * hashSizes[this.shape.hash], '0');
  }

  record(number) {
    const { chunkSize, hash, extents } = this.shape;
    const metadata = { swarmId: this.swarmId(number), hash, addressing: 'chunk32', chunkSize };
    const chunkCount = extents * extentChunks;
    const peaks = Array.from({ length: chunkCount.toString(2).replaceAll('0', '').length }, () =>
      this.hashes.slice(0, hashSizes[hash]),
    );
    return { metadata, chunkCount, peaks, contentBytes: chunkCount * chunkSize };
  }

  /** What writes extents of a swarm, with a hash block for each 64 of them as it comes to the first. */
  write(number, indexes) {
    const extents = indexes.map((index) => ({ index, bytes: this.bytes, hashes: this.hashes }));
    const firsts = indexes.filter((index) => index % extentChunks === 0);
    const blocks = firsts.map((index) => ({ tier: 1, index: index / extentChunks, hashes: this.hashes }));
    return { record: this.record(number), extents, blocks };
  }
}

/** In shared memory, as what a datapath thread hands to the writer. */
function random(length) {
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  bytes.set(randomFillSync(new Uint8Array(length)));
  return bytes;
}
