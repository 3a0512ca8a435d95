// `npm run bench:policy`: the cache's policy against its targets, beside LRU and the optimum, on traces that it was not tuned
// on: the table of docs/cache-policy.md, and what was missed, with status 1. WEIR_BENCH_TRACES=developed: on those that it was
// tuned on; another word: on those of either with the word in their name. Flat: the same with names that do not say what is of one title, as
// `weir simulate` infers it then.
// Writes: of all requests; behind the stroke, of those since the cache was full.
import process, { env, stderr, stdout } from 'node:process';
import policy from '../../dist/libs/policy/src/index.js';
import { Judge } from './policy/judge.mjs';
import { ready, replay } from './policy/replay.mjs';
import { tracesOf } from './policy/traces.mjs';

const traces = tracesOf(env.WEIR_BENCH_TRACES ?? 'judged');
const shares = [0.01, 0.05, 0.1, 0.2];
const head =
  'trace | requests | capacity | min | lru | weir | of min | flat | writes lru | writes weir | flat writes | B/segment';

const row = (cells) => stdout.write(`| ${cells.join(' | ')} |\n`);
const writesOf = ({ writeRatio, writeRatioFull }) => `${writeRatio.toFixed(2)}/${writeRatioFull.toFixed(2)}`;
const judge = new Judge();

row([head]);
row(head.split('|').map(() => '---'));
traces.forEach((trace, number) => {
  stderr.write(`${number + 1} of ${traces.length}: ${trace.name}, ${trace.requests} requests\n`);
  measure(trace);
});
stdout.write(`\n${judge.verdict().join('\n')}\n`);
stdout.write(
  judge.misses.length === 0 ? 'all targets met\n' : `missed:\n${judge.misses.map((miss) => `- ${miss}\n`).join('')}`,
);
process.exitCode = judge.misses.length === 0 ? 0 : 1;

/** A trace is made once, and in memory while it is its turn. */
function measure(each) {
  const trace = ready(policy, each);
  for (const share of shares) {
    const capacityBytes = Math.floor(trace.uniqueBytes * share);
    const best = policy.optimum(trace.log, trace.next, capacityBytes).hitBytes / trace.requestedBytes;
    const lru = replay(policy, trace, { name: 'lru', capacityBytes });
    const named = replay(policy, trace, { name: 'weir', capacityBytes });
    const flat = trace.titled ? replay(policy, trace, { name: 'weir', capacityBytes, flat: true }) : named;
    const percent = `${share * 100}%`;
    judge.take(each, percent, { best, lru, named, flat });
    const ratios = [best, lru.hitRatio, named.hitRatio, named.hitRatio / best, flat.hitRatio];
    row([
      ...[each.name, each.requests.toLocaleString('en-US'), percent],
      ...ratios.map((ratio) => ratio.toFixed(3)),
      ...[writesOf(lru), writesOf(named), writesOf(flat), Math.max(named.bytesEach, flat.bytesEach).toFixed(0)],
    ]);
  }
}
