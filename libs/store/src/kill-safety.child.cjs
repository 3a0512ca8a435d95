/** Commits one extent after the other through the writer's thread, and says which are acknowledged, until it is killed. */
const { writeSync } = require('node:fs');

const [, , libs, directory, first] = process.argv;
const { StoreClient, startWriter } = require(`${libs}/store/src/index.js`);
const { subtreeOf } = require(`${libs}/ppspp/src/index.js`);

/** The same bytes as in the test: they depend on the index alone. */
function bytesOf(index) {
  const words = new Uint32Array(16_384);
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(index * 16_384 + at, 2654435761);
  return new Uint8Array(words.buffer);
}

async function run() {
  const writer = await startWriter({ directory, capacityBytes: 2 ** 30 });
  const client = new StoreClient(writer.connect());
  const metadata = { swarmId: 'ab'.repeat(32), hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 };
  const record = { metadata, chunkCount: 64 * 100_000, peaks: [], contentBytes: undefined };
  let next = Number(first);
  const commitOn = async () => {
    for (;;) {
      const index = next++;
      const bytes = bytesOf(index);
      const hashes = subtreeOf('sha256', bytes, 1024);
      const block = { tier: 1, index: Math.floor(index / 64), hashes };
      await client.commit({
        erase: [],
        touched: [],
        writes: [{ record, extents: [{ index, bytes, hashes }], blocks: [block] }],
      });
      writeSync(1, `${index}\n`);
    }
  };
  await Promise.all([commitOn(), commitOn(), commitOn()]);
}

void run();
