// Makes stores for measurements of their start: all keys and records of extents that hold hardly anything.
import { createRequire } from 'node:module';
import { MadeContent } from './content.mjs';

/** Extents of one transaction. */
const perTransaction = 4096;

/** Swarms that grow at once, so that keys come in as mixed as those of an appliance. */
const swarmsAtOnce = 16;

/**
 * Makes a store of `count` extents of `chunkSize` in swarms of `perSwarm`, each value cut to a page: a start reads keys and
 * records alone, and a million whole extents take 70 GB. `built` is the folder of the built lib.
 */
export async function makeHollowStore(built, { directory, count, chunkSize, perSwarm }) {
  const load = createRequire(`${built}/index.js`);
  const { openForWriting } = load('./lmdb-environment.js');
  const { LmdbTables } = load('./lmdb-tables.js');
  const footprints = load('./footprint.js');
  const tables = new LmdbTables(openForWriting(directory, 2 ** 40));
  const content = new MadeContent({ chunkSize, hash: 'sha1', extents: perSwarm });
  const hollow = { bytes: content.bytes.subarray(0, 64), hashes: content.hashes };
  const entryOf = (number, held) => {
    const record = content.record(number);
    const ofExtents = held * footprints.extentFootprint(record, 0);
    const ofBlocks = Math.ceil(held / 64) * footprints.blockFootprint('sha1');
    const storedBytes = ofExtents + ofBlocks + footprints.recordFootprint;
    return { number, record, extentsHeld: held, storedBytes, firstUse: 1, lastUse: number };
  };
  for (const step of stepsOf(count, perSwarm))
    tables.atomically(() => {
      for (const { number, from, to } of step) {
        for (let index = from; index < to; index++) {
          tables.putExtent(number, { index, ...hollow }, 'sha1');
          if (index % 64 === 0) tables.putBlock(number, { tier: 1, index: index / 64, hashes: content.hashes });
        }
        tables.putSwarm(entryOf(number, to));
        tables.setNextSwarm(number + 1);
      }
    });
  await tables.close();
}

function* stepsOf(count, perSwarm) {
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
