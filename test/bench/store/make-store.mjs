// Makes stores for measurements of what depends on how many extents there are: sound ones, of a page each.
import { createRequire } from 'node:module';

/** Extents of one transaction. */
const perTransaction = 4096;

/** Swarms that grow at once, so that keys come in as mixed as those of an appliance. */
const swarmsAtOnce = 16;

/** Bytes of a chunk, so small that an extent with its hashes fits into a page. No peer may have as small ones: the first swarm's are whole. */
const smallChunk = 16;
const wholeChunk = 1024;

/** Extents of one swarm: its only peak is its root. */
const perSwarm = 1024;

/** Chunks of an extent, and hashes of a block. */
const extentChunks = 64;
const hash = 'sha1';

/**
 * Makes a store of `count` extents in swarms of `perSwarm`. A million whole extents take 70 GB: these are of chunks of `smallChunk` bytes,
 * and right up to the swarm ID, so that they are served and scrubbed as any. `built` is the folder of the built lib.
 */
export async function makeSmallStore(built, { directory, count }) {
  const load = createRequire(`${built}/index.js`);
  const { openForWriting } = load('./lmdb-environment.js');
  // What else a store has, the rules' second copy above all: without that an appliance is not ready.
  await load('./index.js')
    .openLmdbWriter({ directory, capacityBytes: 2 ** 30, probationBytes: 0 })
    .close();
  const { LmdbTables } = load('./lmdb-tables.js');
  const footprints = load('./footprint.js');
  const { subtreeOf, subtreeOfLeaves, hashBytes } = load('../../ppspp/src/index.js');
  const tables = new LmdbTables(openForWriting(directory, 2 ** 40));
  const swarms = new Map();
  const swarmOf = (number) => {
    if (!swarms.has(number)) swarms.set(number, smallSwarm(number, { subtreeOf, subtreeOfLeaves, hashBytes }));
    return swarms.get(number);
  };
  const entryOf = (number, held) => {
    const { record } = swarmOf(number);
    const ofExtents = held * footprints.extentFootprint(record, 0);
    const ofBlocks = (Math.ceil(held / extentChunks) + 1) * footprints.blockFootprint(hash);
    const storedBytes = ofExtents + ofBlocks + footprints.recordFootprint;
    return { number, record, extentsHeld: held, storedBytes, firstUse: 1, lastUse: number };
  };
  for (const step of stepsOf(count))
    tables.atomically(() => {
      for (const { number, from, to } of step) {
        const { bytes, hashes, block, top } = swarmOf(number);
        if (from === 0) tables.putBlock(number, { tier: 2, index: 0, hashes: top });
        for (let index = from; index < to; index++) {
          tables.putExtent(number, { index, bytes, hashes }, hash);
          if (index % extentChunks === 0)
            tables.putBlock(number, { tier: 1, index: index / extentChunks, hashes: block });
        }
        tables.putSwarm(entryOf(number, to));
      }
      tables.setNextSwarm(1 + Math.ceil(count / perSwarm));
    });
  await tables.close();
  return swarmOf(1).record;
}

/** A swarm whose extents are all alike, so that a few hashes prove all of them. */
function smallSwarm(number, { subtreeOf, subtreeOfLeaves, hashBytes }) {
  const size = hashBytes[hash];
  const nodeOf = (hashes, height) => hashes.slice((2 ** height - 1) * size, 2 ** height * size);
  const chunkSize = number === 1 ? wholeChunk : smallChunk;
  const bytes = new Uint8Array(extentChunks * chunkSize).fill(number % 251);
  new DataView(bytes.buffer).setUint32(0, number);
  const hashes = subtreeOf(hash, bytes, chunkSize);
  const block = subtreeOfLeaves(hash, Array(extentChunks).fill(nodeOf(hashes, 6)));
  const top = subtreeOfLeaves(hash, Array(perSwarm / extentChunks).fill(nodeOf(block, 6)));
  const root = nodeOf(top, Math.log2(perSwarm / extentChunks));
  const metadata = { swarmId: Buffer.from(root).toString('hex'), hash, addressing: 'chunk32', chunkSize };
  const chunkCount = perSwarm * extentChunks;
  return {
    bytes,
    hashes,
    block,
    top,
    record: { metadata, chunkCount, peaks: [root], contentBytes: chunkCount * chunkSize },
  };
}

function* stepsOf(count) {
  const run = Math.max(1, Math.floor(perTransaction / swarmsAtOnce));
  const swarms = Math.ceil(count / perSwarm);
  for (let first = 0; first < swarms; first += swarmsAtOnce) {
    const group = Array.from({ length: Math.min(swarmsAtOnce, swarms - first) }, (_, at) => first + at);
    for (let from = 0; from < perSwarm; from += run) {
      const sizeOf = (swarm) => Math.min(perSwarm, count - swarm * perSwarm);
      const parts = group.map((swarm) => ({ number: swarm + 1, from, to: Math.min(from + run, sizeOf(swarm)) }));
      yield parts.filter(({ to }) => to > from);
    }
  }
}
