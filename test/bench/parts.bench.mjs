// `npm run bench parts`: which part of the cache's policy gives what. Each is left out in turn, on the traces by which the policy is
// judged: the table of docs/cache-policy.md. Parts that nothing can be set of are replaced in the compiled code, for one row.
// WEIR_BENCH_TRACES as in policy.bench.mjs.
import { env, stderr, stdout } from 'node:process';
import { Ghosts } from '../../dist/libs/policy/src/ghosts.js';
import policy from '../../dist/libs/policy/src/index.js';
import { Odds } from '../../dist/libs/policy/src/odds.js';
import { Shadow } from '../../dist/libs/policy/src/shadow/shadow.js';
import { ready, replay } from './policy/replay.mjs';
import { tracesOf } from './policy/traces.mjs';

const shares = [0.01, 0.1];
const variants = [
  { name: 'nothing' },
  { name: 'tuning: probation is a tenth', settings: { probationShare: 0.1 } },
  { name: 'what writes cost, when tuning', replaced: [[Shadow, 'takeWritten', () => 0]] },
  {
    name: 'waiting for who is coming',
    replaced: [
      [Odds, 'stay', () => false],
      [Odds, 'worth', () => false],
    ],
  },
  { name: 'ghosts', replaced: [[Ghosts, 'take', () => false]] },
  { name: 'names that tell titles: requests do', flat: true },
];
const columns = ['hits', 'of min, vod', 'above LRU', 'writes'];
const head = ['left out', ...shares.flatMap((share) => columns.map((column) => `${column} at ${share * 100}%`))];
const row = (cells) => stdout.write(`| ${cells.join(' | ')} |\n`);

const sums = variants.map(() => shares.map(() => []));
const traces = tracesOf(env.WEIR_BENCH_TRACES ?? 'judged');
traces.forEach((trace, number) => {
  stderr.write(`${number + 1} of ${traces.length}: ${trace.name}, ${trace.requests} requests\n`);
  measure(trace);
});
row(head);
row(head.map(() => '---'));
variants.forEach(({ name }, variant) => row([name, ...sums[variant].flatMap(cells)]));

function measure(each) {
  const trace = ready(policy, each);
  shares.forEach((share, column) => {
    const capacityBytes = Math.floor(trace.uniqueBytes * share);
    const best = policy.optimum(trace.log, trace.next, capacityBytes).hitBytes / trace.requestedBytes;
    const lru = replay(policy, trace, { name: 'lru', capacityBytes }).hitRatio;
    variants.forEach((variant, number) => {
      const ours = without(variant, () => replay(policy, trace, { ...variant, name: 'weir', capacityBytes }));
      sums[number][column].push({ model: each.model, best, lru, ...ours });
    });
  });
}

/** Runs with a variant's replacements, and puts back what was there. */
function without({ replaced = [] }, run) {
  const before = replaced.map(([type, method]) => type.prototype[method]);
  for (const [type, method, stand] of replaced) type.prototype[method] = stand;
  const result = run();
  replaced.forEach(([type, method], number) => (type.prototype[method] = before[number]));
  return result;
}

/** Means over traces, but of what is above LRU the least. */
function cells(outcomes) {
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const vod = outcomes.filter(({ model }) => model === 'vod');
  return [
    mean(outcomes.map(({ hitRatio }) => hitRatio)).toFixed(3),
    mean(vod.map(({ hitRatio, best }) => hitRatio / best)).toFixed(3),
    Math.min(...outcomes.map(({ hitRatio, lru }) => hitRatio - lru)).toFixed(3),
    mean(outcomes.map(({ writeRatioFull }) => writeRatioFull)).toFixed(3),
  ];
}
