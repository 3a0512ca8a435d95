// `npm run bench:policy`: the cache's policy against its targets, beside LRU and the optimum, on traces that it was not tuned
// on. WEIR_BENCH_TRACES=developed: on those that it was. Flat: the same with names that do not say what is of one title.
// Writes: of all requests; behind the stroke, of those since the cache was full.
import { env, stdout } from 'node:process';
import policy from '../../dist/libs/policy/src/index.js';
import { ready, replay } from './policy/replay.mjs';
import { developed, judged } from './policy/traces.mjs';

const traces = env.WEIR_BENCH_TRACES === 'developed' ? developed : judged;
const shares = [0.01, 0.05, 0.1, 0.2];
const head =
  'trace | requests | capacity | min | lru | weir | of min | flat | writes lru | writes weir | flat writes | B/segment | ns';

const fixed = (number, digits = 3) => number.toFixed(digits);
const writesOf = ({ writeRatio, writeRatioFull }) => `${fixed(writeRatio, 2)}/${fixed(writeRatioFull, 2)}`;
const row = (cells) => stdout.write(`| ${cells.join(' | ')} |\n`);
const ofMin = { weir: [], flat: [] };
const misses = [];
let slowest = 0;

row([head]);
row(head.split('|').map(() => '---'));
for (const each of traces) judge(each);
for (const [name, ratios] of Object.entries(ofMin)) {
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  stdout.write(
    `\n${name}, vod at 10 %: ${fixed(mean)} of the optimum on average, ${fixed(Math.min(...ratios))} at least`,
  );
}
stdout.write(`\nat most ${fixed(slowest, 0)} ns a request\n`);
stdout.write(misses.length === 0 ? 'all targets met\n' : `missed:\n${misses.map((miss) => `- ${miss}\n`).join('')}`);

function judge({ name, model, seed, requests, over }) {
  const trace = ready(policy, { model, over, requests, seed });
  const named = trace.swarms.some((swarm) => swarm !== 0);
  for (const share of shares) {
    const capacityBytes = Math.floor(trace.uniqueBytes * share);
    const best = policy.optimum(trace.log, trace.next, capacityBytes).hitBytes / trace.requestedBytes;
    const lru = replay(policy, trace, { name: 'lru', capacityBytes });
    const weir = replay(policy, trace, { name: 'weir', capacityBytes });
    const flat = named ? replay(policy, trace, { name: 'weir', capacityBytes, flat: true }) : weir;
    const percent = `${share * 100}%`;
    if (model === 'vod' && share === 0.1) ofMin.weir.push(weir.hitRatio / best);
    if (model === 'vod' && share === 0.1) ofMin.flat.push(flat.hitRatio / best);
    check(`${name} of ${requests} at ${percent}`, lru, weir);
    if (named) check(`${name} of ${requests} at ${percent}, flat`, lru, flat);
    slowest = Math.max(slowest, weir.nanosecondsEach);
    row([
      ...[name, requests, percent, fixed(best), fixed(lru.hitRatio), fixed(weir.hitRatio), fixed(weir.hitRatio / best)],
      ...[fixed(flat.hitRatio), writesOf(lru), writesOf(weir), writesOf(flat)],
      ...[fixed(weir.bytesEach, 0), fixed(weir.nanosecondsEach, 0)],
    ]);
  }
}

function check(what, lru, weir) {
  const below = lru.hitRatio - weir.hitRatio;
  if (below > 0.005) misses.push(`${what}: ${fixed(below, 4)} below LRU`);
  if (lru.writeRatioFull >= 0.5 && weir.writeRatioFull > 0.25) {
    misses.push(`${what}: writes ${writesOf(weir)}, LRU ${writesOf(lru)}`);
  }
  if (weir.stateBytes > 64 * weir.segments + 16 * weir.ghosts)
    misses.push(`${what}: ${fixed(weir.bytesEach, 0)} bytes`);
}
