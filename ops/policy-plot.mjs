// `npm run plot:policy [-- folder]`: makes the traces of docs/cache-policy.md from their seeds, simulates every policy on them,
// and draws a plot of each. What a table of the page says is printed, a row for each trace. Ctrl-C ends it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, execPath, exit, stderr, stdout } from 'node:process';
import { root, setUp } from './setup.mjs';

setUp();
const folder = resolve(argv[2] ?? join(root, 'docs/img'));
const traces = [
  { name: 'zipf', args: ['zipf', '--seed', '1'] },
  { name: 'mzipf', args: ['mzipf', '--seed', '1'] },
  { name: 'vod', args: ['vod', '--seed', '1'] },
  { name: 'vod-long', args: ['vod', '--seed', '2', '--segments', '300', '--objects', '100'] },
  { name: 'vod-seeking', args: ['vod', '--seed', '3', '--seek', '0.05', '--abandon', '0.8'] },
  { name: 'vod-churn', args: ['vod', '--seed', '4', '--churn', '0.2', '--alpha', '0.8'] },
  { name: 'mixed', args: ['mixed', '--seed', '1'] },
];
const policies = ['weir', 'lru', 'lfu-da', 'w-tinylfu', 'min'];
/** Enough that ratios are good to a few tenths of a point. */
const requests = '300000';
const capacities = ['1%', '5%', '10%', '20%'];

mkdirSync(folder, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'weir-plot-'));
try {
  stdout.write(`| trace | capacity | ${policies.join(' | ')} | weir of min | weir writes | lru writes |\n`);
  for (const trace of traces) draw(trace);
} finally {
  rmSync(work, { recursive: true });
}

function draw({ name, args }) {
  stderr.write(`${name}\n`);
  const file = join(work, name);
  weir(['trace', ...args, '--requests', requests, '--out', file]);
  const plot = join(folder, `cache-policy-${name}.svg`);
  const json = weir(['simulate', file, '--capacity', capacities.join(), '--json', '--plot', plot]);
  const results = JSON.parse(json);
  rmSync(file);
  for (const [index, capacity] of capacities.entries()) {
    const cells = results.slice(index * policies.length, (index + 1) * policies.length);
    const of = (policy) => cells.find((cell) => cell.policy === policy);
    const ratios = policies.map((policy) => of(policy).byteHitRatio.toFixed(3));
    const share = (of('weir').byteHitRatio / of('min').byteHitRatio).toFixed(3);
    const writes = ['weir', 'lru'].map((policy) => of(policy).writeRatio.toFixed(3));
    stdout.write(`| ${[name, capacity, ...ratios, share, ...writes].join(' | ')} |\n`);
  }
}

function weir(args) {
  const { status, stdout: printed } = spawnSync(execPath, [join(root, 'bin/weir.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) exit(status ?? 1);
  return printed;
}
