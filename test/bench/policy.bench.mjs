// `npm run bench:policy`: the cache's policy against its targets, beside LRU and the optimum, on traces that it was not tuned
// on. WEIR_BENCH_REQUESTS: requests of each trace. WEIR_BENCH_SEED: that of the first. Flat: the same without swarms.
import { env, stdout } from 'node:process';
import policy from '../../dist/libs/policy/src/index.js';
import { ready, replay } from './policy/replay.mjs';

const requests = Number(env.WEIR_BENCH_REQUESTS ?? 1_000_000);
const firstSeed = Number(env.WEIR_BENCH_SEED ?? 1_000);
const shares = [0.01, 0.05, 0.1, 0.2];

const traces = [
  { name: 'vod', model: 'vod' },
  { name: 'vod, few abandon', model: 'vod', over: { abandon: 0.3 } },
  { name: 'vod, much seeking', model: 'vod', over: { seek: 0.02 } },
  { name: 'vod, flat popularity', model: 'vod', over: { alpha: 0.8, titles: 2_000 } },
  { name: 'vod, busy', model: 'vod', over: { sessions: 1_500 } },
  { name: 'vod, news', model: 'vod', over: { churn: 0.4, days: 14 } },
  { name: 'vod and live', model: 'mixed' },
  { name: 'mandelbrot-zipf', model: 'mzipf' },
  { name: 'mandelbrot-zipf, churn', model: 'mzipf', over: { churn: 0.3, alpha: 0.9 } },
  { name: 'zipf', model: 'zipf' },
];

const head = [
  'trace',
  'capacity',
  'MIN',
  'LRU',
  'weir',
  'of MIN',
  'flat',
  'writes LRU',
  'writes weir',
  'B/segment',
  'ns',
];
const fixed = (number, digits = 3) => number.toFixed(digits);
const row = (cells) => stdout.write(`| ${cells.join(' | ')} |\n`);

row(head);
row(head.map(() => '---'));
const ratios = [];
const misses = [];
traces.forEach(({ name, model, over }, number) => {
  const trace = ready(policy, { model, over, requests, seed: firstSeed + number });
  for (const share of shares) {
    const capacityBytes = Math.floor(trace.uniqueBytes * share);
    const best = policy.optimum(trace.log, trace.next, capacityBytes).hitBytes / trace.requestedBytes;
    const [lru, weir, flat] = [
      replay(policy, trace, { name: 'lru', capacityBytes }),
      replay(policy, trace, { name: 'weir', capacityBytes }),
      replay(policy, trace, { name: 'weir', capacityBytes, flat: true }),
    ];
    const percent = `${share * 100} %`;
    if (model === 'vod' && share === 0.1) ratios.push(weir.hitRatio / best);
    if (weir.hitRatio < lru.hitRatio - 0.005)
      misses.push(`${name} at ${percent}: ${fixed(lru.hitRatio - weir.hitRatio)} below LRU`);
    if (lru.writeRatio >= 0.5 && weir.writeRatio > 0.25)
      misses.push(`${name} at ${percent}: writes ${fixed(weir.writeRatio)}`);
    row([
      ...[name, percent, fixed(best), fixed(lru.hitRatio), fixed(weir.hitRatio), fixed(weir.hitRatio / best)],
      ...[fixed(flat.hitRatio), fixed(lru.writeRatio, 2), fixed(weir.writeRatio, 2)],
      ...[fixed(weir.bytesEach, 0), fixed(weir.nanosecondsEach, 0)],
    ]);
  }
});
const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
stdout.write(`\nvod at 10 %: ${fixed(mean)} of the optimum on average, ${fixed(Math.min(...ratios))} at least\n`);
stdout.write(misses.length === 0 ? 'all targets met\n' : `missed:\n${misses.map((miss) => `- ${miss}\n`).join('')}`);
