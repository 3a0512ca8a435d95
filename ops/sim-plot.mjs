// `npm run sim:plot [-- folder]`: runs the sharing scenes of the simulator and draws rate, window and queueing delay over
// time, one SVG for each scene. Ctrl-C ends it; what is drawn by then stays.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { argv, stderr, stdout } from 'node:process';
import { root, setUpPackages } from './setup.mjs';

setUpPackages();
const vega = await import('vega');
const require = createRequire(import.meta.url);
require('./typescript.cjs');
const { jain, meanRates, share } = require(join(root, 'test/sim/bottleneck.ts'));

const folder = resolve(argv[2] ?? 'plots');
const ours = (startsAt) => ({ kind: 'ours', startsAt });
const path = { mbits: 4, queueSeconds: 0.3, seed: 1 };
const scenes = [
  ...[0, 10, 60].map((later) => ({
    name: `fairness-${later}`,
    title: `Two flows, the second ${later} s later`,
    sharing: { ...path, seconds: 300, flows: [ours(0), ours(later)] },
    conclude: (samples) => `Jain index of the last minute: ${jain(meanRates(samples, 240, 300)).toFixed(3)}`,
  })),
  {
    name: 'yielding',
    title: 'A flow of ours, and a loss-based one from 20 to 70 s',
    sharing: { ...path, seconds: 100, flows: [ours(0), { kind: 'loss-based', startsAt: 20, stopsAt: 70 }] },
    conclude: (samples) => {
      const rates = [meanRates(samples, 5, 20), meanRates(samples, 30, 70), meanRates(samples, 80, 100)];
      return `Mbit/s of ours before, beside and after: ${rates.map(([own]) => own.toFixed(2)).join(', ')}`;
    },
  },
];

mkdirSync(folder, { recursive: true });
for (const { name, title, sharing, conclude } of scenes) {
  const samples = await share(sharing, (second) => progress(name, second, sharing.seconds));
  const file = join(folder, `${name}.svg`);
  const view = new vega.View(vega.parse(drawing(`${title}. ${conclude(samples)}`, samples, sharing)), {
    renderer: 'none',
  });
  writeFileSync(file, await view.toSVG());
  stdout.write(`${file}\n`);
}

function progress(name, second, seconds) {
  if (stderr.isTTY) stderr.write(`\r${name} ${second}/${seconds} s ${second === seconds ? '\n' : ''}`);
  else if (second % 100 === 0) stderr.write(`${name} ${second}/${seconds} s\n`);
}

/** Three charts, one below the other, a line for each flow. */
function drawing(title, samples, { flows }) {
  const names = flows.map(({ kind, startsAt }, index) => `${index + 1}: ${kind}, from ${startsAt} s`);
  const values = samples.map(({ at, flow, mbits, windowBytes, queueingMillis }) => {
    return { at, flow: names[flow], mbits, window: windowBytes / 1024, queueing: queueingMillis };
  });
  const charts = [
    ['mbits', 'rate, Mbit/s'],
    ['window', 'window, KiB'],
    ['queueing', 'queueing delay measured, ms'],
  ];
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: 900,
    padding: 10,
    background: 'white',
    title,
    data: [{ name: 'samples', values }],
    layout: { columns: 1, padding: 25 },
    scales: [{ name: 'colour', type: 'ordinal', domain: names, range: ['#1f77b4', '#d62728'] }],
    legends: [{ stroke: 'colour', orient: 'top', direction: 'horizontal', labelLimit: 400 }],
    marks: charts.map(([field, label]) => chart(field, label)),
  };
}

function chart(field, label) {
  const line = {
    x: { scale: 'x', field: 'at' },
    y: { scale: 'y', field },
    stroke: { scale: 'colour', field: 'flow' },
    strokeWidth: { value: 1 },
  };
  return {
    type: 'group',
    encode: { enter: { width: { value: 900 }, height: { value: 180 } } },
    scales: [
      { name: 'x', domain: { data: 'samples', field: 'at' }, range: [0, 900] },
      { name: 'y', domain: { data: 'samples', field }, range: [180, 0], nice: true, zero: true },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'seconds' },
      { orient: 'left', scale: 'y', title: label, grid: true, tickCount: 5 },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'flows', data: 'samples', groupby: 'flow' } },
        marks: [{ type: 'line', from: { data: 'flows' }, encode: { enter: line } }],
      },
    ],
  };
}
