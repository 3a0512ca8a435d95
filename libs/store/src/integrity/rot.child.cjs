/** Starts on a store that may be damaged, reads all that it should hold, fetches anew what it lost, and erases all. Says what it saw. */
const { writeSync } = require('node:fs');

const [, , libs, directory, contents] = process.argv;
const { StoreClient, openLmdbReader, startWriter } = require(`${libs}/store/src/index.js`);
const { subtreeOf } = require(`${libs}/ppspp/src/index.js`);

const swarms = JSON.parse(contents);
const batch = { erase: [], touched: [], writes: [] };

/** The same bytes as in the test. */
function bytesOf(seed, index) {
  const words = new Uint32Array(1024);
  for (let at = 0; at < words.length; at++) words[at] = Math.imul((seed * 1000 + index) * 1024 + at + 1, 2654435761);
  return new Uint8Array(words.buffer);
}

function recordOf({ swarmId, extents }) {
  const metadata = { swarmId, hash: 'sha256', addressing: 'chunk32', chunkSize: 64 };
  return { metadata, chunkCount: 64 * extents, peaks: [Buffer.from(swarmId, 'hex')], contentBytes: undefined };
}

function extentOf(seed, index) {
  const bytes = bytesOf(seed, index);
  return { index, bytes, hashes: subtreeOf('sha256', bytes, 64) };
}

/** As the datapath reads: what is not what was written is removed, and told. */
async function readAll(reader, client, seen) {
  const served = [];
  for (const { seed, swarmId, extents } of swarms) {
    for (let index = 0; index < extents; index++) {
      const extent = await reader.read(swarmId, index).catch(async (error) => {
        if (error.code !== 'STORE_CORRUPT') throw error;
        const isExtent = 'index' in error.details;
        seen.damage.push(isExtent ? 'extent' : 'record');
        await client.commit({ ...batch, erase: [isExtent ? { swarmId, index } : { swarmId }] });
      });
      if (extent === undefined) continue;
      const expected = extentOf(seed, index);
      const isRight =
        Buffer.compare(extent.bytes, expected.bytes) === 0 && Buffer.compare(extent.hashes, expected.hashes) === 0;
      if (isRight) served.push(`${seed}/${index}`);
      else seen.wrong.push(`${seed}/${index}`);
    }
  }
  return served;
}

async function run() {
  const writer = await startWriter({ directory, capacityBytes: 2 ** 28 });
  const client = new StoreClient(writer.connect());
  const reader = openLmdbReader(directory);
  const seen = { damage: writer.inspection.findings.map(({ kind }) => kind), wrong: [] };
  const served = await readAll(reader, client, seen);
  for (const swarm of swarms) {
    const opened = await reader.open(swarm.swarmId).catch(() => undefined);
    const missing = Array.from({ length: swarm.extents }, (_, index) => index).filter(
      (index) => !opened?.extents.includes(index),
    );
    const extents = missing.map((index) => extentOf(swarm.seed, index));
    await client.commit({ ...batch, writes: [{ record: recordOf(swarm), extents, blocks: [] }] });
  }
  const again = await readAll(reader, client, seen);
  for (const { swarmId } of swarms) await client.commit({ ...batch, erase: [{ swarmId }] });
  await client.close();
  await reader.close();
  await writer.stop();
  writeSync(1, JSON.stringify({ ...seen, served: served.length, again: again.length }));
}

void run();
