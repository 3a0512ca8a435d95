// `npm run test:eio -- [--runs 50] [--seed N]`: has the disk under an appliance fail to be read, in parts and at random moments, and looks
// whether it goes on, answers, and comes back. Ends at the first fault, with status 1 and the seed. Needs root and /dev/fuse.
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { root, setUp } from './setup.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '50' }, seed: { type: 'string' } } });
const runs = Number(values.runs);
const seed = Number(values.seed ?? randomInt(2 ** 30));
if (![runs, seed].every(Number.isSafeInteger) || runs < 1) {
  stdout.write('usage: npm run test:eio -- [--runs NUMBER] [--seed NUMBER]\n');
  exit(2);
}

setUp();
const require = createRequire(import.meta.url);
require('./typescript.cjs');
const { campaign } = require(join(root, 'test/eio/campaign.ts'));

const troubles = [];
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
stdout.write(`seed ${seed}, ${runs} runs\n`);
await campaign(runs, seed, note, stop.signal);
const most = (of) => Math.max(0, ...troubles.map(of)) / 1000;
stdout.write(
  `${troubles.length} runs, ${troubles.filter(isFaulty).length} with faults; ` +
    `${troubles.reduce((sum, { failed }) => sum + failed, 0)} reads failed; slowest answer ` +
    `${most(({ answerMillis }) => answerMillis).toFixed(2)} s, longest recovery ${most(({ recoveryMillis }) => recoveryMillis).toFixed(1)} s\n`,
);
exit(troubles.some(isFaulty) ? 1 : 0);

function note(trouble) {
  const { seed: own, region, deeds, failed, recoveryMillis, faults } = trouble;
  troubles.push(trouble);
  stdout.write(
    `${troubles.length}: ${region}, ${deeds.join(', ')}; ${failed} reads failed, back after ${(recoveryMillis / 1000).toFixed(1)} s\n`,
  );
  for (const fault of faults) stdout.write(`seed ${own}, ${region}: ${fault}\n`);
  if (isFaulty(trouble)) stop.abort();
}

function isFaulty({ faults }) {
  return faults.length > 0;
}
