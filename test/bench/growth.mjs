// A table of what an operation costs in contents of different sizes, and how that grows.
import { hrtime } from 'node:process';

/** Sizes of the contents, in bytes: 1 MB to 10 GB. */
export const sizes = [1e6, 1e7, 1e8, 1e9, 1e10];
const names = ['1 MB', '10 MB', '100 MB', '1 GB', '10 GB'];
/** Repetitions of which the median counts. */
const repetitions = 5;

/** Nanoseconds for each of `count` operations, the median of some runs. The first run, which compiles it, does not count. */
export function nanoseconds(count, work) {
  work();
  const runs = Array.from({ length: repetitions }, () => {
    const begun = hrtime.bigint();
    work();
    return Number(hrtime.bigint() - begun) / count;
  });
  return runs.toSorted((one, other) => one - other)[Math.floor(repetitions / 2)];
}

/** One figure for each size; the last column is the largest content's over the smallest's. */
export function growthTable(rows) {
  const lines = [['', ...names, 'growth'], ...rows.map(cells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '))
    .join('\n');
}

function cells({ name, figures }) {
  const [first = 0] = figures;
  const last = figures.at(-1) ?? 0;
  return [name, ...figures.map((figure) => figure.toFixed(figure < 10 ? 2 : 0)), (last / first).toFixed(2)];
}
