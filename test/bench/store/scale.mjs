// `npm run bench:store -- scale | scrub | serve`: what stores of several sizes cost when they start and are scrubbed, and how soon a whole
// appliance serves from them.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median } from './costs.mjs';
import { firstByte } from './first-byte.mjs';
import { makeSmallStore } from './make-store.mjs';

const sizes = [1e4, 1e5, 1e6];

/** How a store starts, for each size: medians, with the file in the page cache and without. */
export function scale(options) {
  return ofSizes(options, (store) =>
    warmAndCold(store, ({ built, directory, metadata }) =>
      told('start-child.mjs', [built, directory, metadata.swarmId], ['--expose-gc']),
    ),
  );
}

/** What a scrub of all of it costs; once, since it takes long and is work of the processor alone. */
export function scrubs(options) {
  return ofSizes(options, ({ built, directory }) => [told('scrub-child.mjs', [built, directory])]);
}

/** When a whole appliance is ready, and when a peer has the first content. */
export function serves(options) {
  const root = join(options.built, '../../../..');
  return ofSizes(options, (store) => warmAndCold(store, (one) => firstByte({ root, ...one })));
}

async function ofSizes({ built, folder, rounds, isOver, onRound }, measure) {
  const rows = [];
  for (const count of sizes) {
    if (isOver()) break;
    const directory = join(folder, `store-${count}`);
    const { metadata } = await makeSmallStore(built, { directory, count });
    const measured = await measure({ built, directory, metadata, rounds });
    rows.push(...measured.map((row) => ({ count, ...row })));
    rmSync(directory, { recursive: true });
    onRound(count);
  }
  return rows;
}

async function warmAndCold(store, measure) {
  const rows = [];
  for (const isCold of [false, true]) {
    const all = [];
    for (let round = 0; round < store.rounds; round++) {
      if (isCold) uncached(join(store.directory, 'data.mdb'));
      all.push(await measure(store));
    }
    const medians = Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]);
    rows.push({ isCold, ...Object.fromEntries(medians) });
  }
  return rows;
}

/** What a process of its own tells. */
function told(child, args, flags = []) {
  const file = fileURLToPath(new URL(child, import.meta.url));
  const { stdout, status } = spawnSync(execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${child} ended with status ${status}`);
  return JSON.parse(stdout);
}

function uncached(file) {
  spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
}
