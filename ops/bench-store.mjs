// `npm run bench:store [-- scale | scrub | serve] [--rounds N] [--megabytes N] [--folder DIR] [--against DIST] [--json]`: what the store costs beside a
// flat file; or how it starts, is scrubbed, or is first served from by a whole appliance, with 10,000 to 1,000,000 extents. Ctrl-C ends it after the round; what it made is removed.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process, { exit, stderr, stdout, version } from 'node:process';
import { parseArgs } from 'node:util';
import { costs } from '../test/bench/store/costs.mjs';
import { scale, scrubs, serves } from '../test/bench/store/scale.mjs';
import { root, setUp } from './setup.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '256' },
    folder: { type: 'string', default: tmpdir() },
    against: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const ofSizes = { scale: [scale, scaleLines], scrub: [scrubs, scrubLines], serve: [serves, serveLines] };
const numbers = [values.rounds, values.megabytes].map(Number);
if (!numbers.every((number) => Number.isInteger(number) && number > 0)) usage();
if (positionals.length > 1 || ![...Object.keys(ofSizes), undefined].includes(positionals[0])) usage();

setUp();
const [rounds, megabytes] = numbers;
const built = join(root, 'dist/libs/store/src');
const folder = mkdtempSync(join(values.folder, 'weir-bench-'));
let over = false;
process.on('SIGINT', () => {
  over = true;
});
const isOver = () => over;
const onRound = (done) => stderr.write(`${done}\n`);
try {
  if (positionals[0] !== undefined) await showSizes(...ofSizes[positionals[0]]);
  else showCosts();
} finally {
  rmSync(folder, { recursive: true });
}

async function showSizes(measure, linesOf) {
  const rows = await measure({ built, folder, rounds, isOver, onRound });
  if (values.json) stdout.write(`${JSON.stringify(rows)}\n`);
  else table(linesOf(rows));
}

function showCosts() {
  const others = values.against === undefined ? [] : [join(resolve(values.against), 'libs/store/src')];
  const [ours, theirs] = costs({ libs: [built, ...others], folder, megabytes, rounds, isOver, onRound });
  if (values.json) stdout.write(`${JSON.stringify({ ours, theirs })}\n`);
  else {
    table(costLines(ours));
    if (theirs !== undefined) table(costLines(theirs), values.against);
  }
}

function scaleLines(rows) {
  const megabytesOf = (bytes) => (bytes / 1e6).toFixed(0);
  return [
    ['extents', 'page cache', 'open, s', 'first read, s', 'account, s', 'CPU, s', 'own MB', 'B an extent', 'mapped MB'],
    ...rows.map(({ count, isCold, opened, first, accounted, cpuSeconds, ownBytes, mappedBytes }) => [
      String(count),
      isCold ? 'cold' : 'warm',
      ...[opened, first, accounted, cpuSeconds].map((seconds) => seconds.toFixed(2)),
      megabytesOf(ownBytes),
      (ownBytes / count).toFixed(0),
      megabytesOf(mappedBytes),
    ]),
  ];
}

function scrubLines(rows) {
  return [
    ['extents', 'slices', 'CPU, s', 'us an extent', 'longest slice, s', 'MB'],
    ...rows.map(({ count, slices, cpuSeconds, longest, rssBytes }) => [
      String(count),
      String(slices),
      cpuSeconds.toFixed(1),
      ((cpuSeconds * 1e6) / count).toFixed(0),
      longest.toFixed(2),
      (rssBytes / 1e6).toFixed(0),
    ]),
  ];
}

function serveLines(rows) {
  return [
    ['extents', 'page cache', 'first content, s', '/readyz, s'],
    ...rows.map(({ count, isCold, first, ready }) => [
      String(count),
      isCold ? 'cold' : 'warm',
      first.toFixed(2),
      ready.toFixed(2),
    ]),
  ];
}

function costLines(rows) {
  return [
    ['', 'CPU-s/GB', 'flat file', 'ratio', 'MB/s', 'flat file', 'file/capacity', 'event loop, ms'],
    ...rows.map((row) => [
      row.name,
      ...[row.cpuPerGigabyte, row.flatCpuPerGigabyte, row.ratio].map((figure) => figure.toFixed(2)),
      ...[row.megabytesPerSecond, row.flatMegabytesPerSecond].map((figure) => figure.toFixed(0)),
      row.fileShare === 0 ? '' : row.fileShare.toFixed(2),
      // A writer's thread does nothing else.
      row.name.startsWith('read') ? row.delayMillis.toFixed(1) : '',
    ]),
  ];
}

function table(lines, title = `Node ${version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = lines.map((line) => line.map((cell, column) => padded(cell, widths[column], column)).join('  '));
  stdout.write(`${title}\n${text.join('\n')}\n\n`);
}

function padded(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function usage() {
  stdout.write(
    'usage: npm run bench:store -- [scale | scrub | serve] [--rounds N] [--megabytes N] [--folder DIR] [--against DIST] [--json]\n',
  );
  exit(2);
}
