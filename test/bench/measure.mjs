// What a row of the table is, and how it is measured: CPU of this process in all its threads, against bytes of content.
import { cpuUsage } from 'node:process';

/** @typedef {{ name: string, bytes: number, cpuSeconds: number, seconds: number }} Row */

/** Repetitions of which the median counts: a neighbour on the same machine disturbs one, seldom two. */
const repetitions = 3;

/** Runs synchronous work that handles `bytes` of content. The first run, which compiles it, does not count. */
export function measure(name, bytes, work) {
  work();
  return median(Array.from({ length: repetitions }, () => once(name, bytes, work)));
}

/** CPU and wall seconds since `begun`, in which `bytes` of content were handled. */
export function row(name, bytes, begun) {
  const { user, system } = cpuUsage(begun.cpu);
  return { name, bytes, cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - begun.at) / 1e3 };
}

export function begin() {
  return { cpu: cpuUsage(), at: performance.now() };
}

function once(name, bytes, work) {
  const begun = begin();
  work();
  return row(name, bytes, begun);
}

/** @param {Row[]} rows */
function median(rows) {
  return rows.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor(rows.length / 2)];
}

/** The rows as aligned text. 1 GB is 1e9 bytes of content, headers not counted. @param {Row[]} rows */
export function table(rows) {
  const lines = [['', 'CPU-s/GB', 'MB/s'], ...rows.map(cells)];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, cpu, rate]) => `${name.padEnd(width)}  ${cpu.padStart(8)}  ${rate.padStart(7)}`).join('\n');
}

/** @param {Row} row */
function cells({ name, bytes, cpuSeconds, seconds }) {
  return [name, (cpuSeconds / (bytes / 1e9)).toFixed(2), (bytes / 1e6 / seconds).toFixed(0)];
}
