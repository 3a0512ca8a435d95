// `npm run bench:store`: rounds of all that a store does beside a flat file; medians, and the ratio within each round.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('round-child.mjs', import.meta.url));

/**
 * Measures the stores in folders of built libs, in turns, so that a neighbour on the machine hits all of them. Stops when `isOver`
 * says so, with the rounds that are done.
 */
export function costs({ libs, folder, megabytes, rounds, isOver, onRound }) {
  const results = libs.map(() => []);
  for (let round = 0; round < rounds && !isOver(); round++) {
    libs.forEach((built, at) => results[at].push(oneRound(built, folder, megabytes)));
    onRound(round + 1);
  }
  return results.map(summary);
}

function oneRound(built, parent, megabytes) {
  const folder = mkdtempSync(join(parent, 'round-'));
  try {
    return Object.assign({}, ...['warm', 'cold'].map((part) => partOf(built, folder, megabytes, part)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function partOf(built, folder, megabytes, part) {
  const { stdout, status } = spawnSync(execPath, [child, built, folder, String(megabytes), part], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`a round ended with status ${status}`);
  return JSON.parse(stdout);
}

/** For each kind of work the medians over all rounds. */
function summary(rounds) {
  const names = Object.keys(rounds[0] ?? {});
  return names.map((name) => {
    const of = (what, figure) => median(rounds.map((round) => round[name][what][figure]));
    return {
      name,
      cpuPerGigabyte: of('store', 'cpuPerGigabyte'),
      flatCpuPerGigabyte: of('flat', 'cpuPerGigabyte'),
      ratio: median(rounds.map(({ [name]: { store, flat } }) => store.cpuPerGigabyte / flat.cpuPerGigabyte)),
      megabytesPerSecond: of('store', 'megabytesPerSecond'),
      flatMegabytesPerSecond: of('flat', 'megabytesPerSecond'),
      delayMillis: median(rounds.map((round) => round[name].store.delayMillis ?? 0)),
      fileShare: median(rounds.map((round) => round[name].fileShare ?? 0)),
    };
  });
}

export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
