// `npm run bench:store -- scale`: how long the start of stores of several sizes takes, and what memory they need.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median } from './costs.mjs';
import { makeHollowStore } from './make-store.mjs';

const child = fileURLToPath(new URL('start-child.mjs', import.meta.url));
const perSwarm = 1000;
const sizes = [1e4, 1e5, 1e6];
const figures = ['opened', 'first', 'accounted', 'cpuSeconds', 'ownBytes', 'mappedBytes'];

/** For each size the medians, with the file in the page cache and without. */
export async function scale({ built, folder, rounds, isOver, onRound }) {
  const rows = [];
  for (const count of sizes) {
    if (isOver()) break;
    const directory = join(folder, `store-${count}`);
    await makeHollowStore(built, { directory, count, chunkSize: 1024, perSwarm });
    for (const isCold of [false, true]) rows.push({ count, isCold, ...measured({ built, directory, rounds, isCold }) });
    rmSync(directory, { recursive: true });
    onRound(count);
  }
  return rows;
}

function measured({ built, directory, rounds, isCold }) {
  const starts = Array.from({ length: rounds }, () => {
    if (isCold) uncached(join(directory, 'data.mdb'));
    return start(built, directory);
  });
  return Object.fromEntries(figures.map((name) => [name, median(starts.map((one) => one[name]))]));
}

function start(built, directory) {
  const firstSwarm = '1'.padStart(40, '0');
  const { stdout, status } = spawnSync(execPath, ['--expose-gc', child, built, directory, firstSwarm], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`a start ended with status ${status}`);
  return JSON.parse(stdout);
}

function uncached(file) {
  spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
}
