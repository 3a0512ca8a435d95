// Scrubs all of a store that is there, slice by slice and without a pause, and tells in JSON what that took.
import { createRequire } from 'node:module';
import { argv, cpuUsage, memoryUsage, stdout } from 'node:process';

const [, , built, directory] = argv;
const load = createRequire(`${built}/index.js`);
const { default: runScrub } = load('./scrub.worker.js');
const sliceBytes = load('./limits.js').scrubSliceBytes;

const cpu = cpuUsage();
const began = performance.now();
const sum = { slices: 0, longest: 0, extents: 0, bytes: 0, damaged: 0 };
let cursor = { phase: 'pages', after: '' };
while (cursor !== undefined) {
  const from = performance.now();
  const { next, extents, bytes, damage } = await runScrub({ directory, cursor, bytesMax: sliceBytes });
  sum.slices++;
  sum.longest = Math.max(sum.longest, (performance.now() - from) / 1000);
  sum.extents += extents;
  sum.bytes += bytes;
  sum.damaged += damage.length;
  cursor = next;
}
const { user, system } = cpuUsage(cpu);
const seconds = (performance.now() - began) / 1000;
stdout.write(
  `${JSON.stringify({ ...sum, seconds, cpuSeconds: (user + system) / 1e6, rssBytes: memoryUsage().rss })}\n`,
);
