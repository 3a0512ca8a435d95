// `npm run test:kill -- [--kills 500] [--seed N]`: kills the store's process at random moments, looks at what it left, and goes on
// with that. Ends at the first fault, with status 1 and the seed. Ctrl-C ends it early; what was killed by then is summed up.
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { root, setUp } from './setup.mjs';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' }, seed: { type: 'string' } } });
const kills = Number(values.kills);
const seed = Number(values.seed ?? randomInt(2 ** 31));
if (![kills, seed].every(Number.isSafeInteger) || kills < 1) {
  stdout.write('usage: npm run test:kill -- [--kills NUMBER] [--seed NUMBER]\n');
  exit(2);
}

setUp();
const require = createRequire(import.meta.url);
require('./typescript.cjs');
const { campaign } = require(join(root, 'test/crash/campaign.ts'));

const deaths = [];
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
stdout.write(`seed ${seed}, ${kills} kills\n`);
await campaign(kills, seed, note, stop.signal);
summarise();
exit(deaths.some(isFaulty) ? 1 : 0);

function note(death) {
  deaths.push(death);
  for (const fault of death.faults) stdout.write(`seed ${death.seed}, ${death.moment}: ${fault}\n`);
  if (isFaulty(death)) stop.abort();
  if (deaths.length % 50 === 0) stdout.write(`${killed()} kills\n`);
}

function summarise() {
  const moments = grouped();
  for (const [name, some] of [...moments].sort()) stdout.write(`${String(some.length).padStart(5)}  ${name}\n`);
  const sum = (of) => deaths.reduce((total, death) => total + of(death), 0);
  const most = (of) => Math.max(...deaths.map(of));
  stdout.write(
    `${killed()} kills, ${deaths.filter(isFaulty).length} with faults; ` +
      `${sum(({ transactions }) => transactions)} transactions, ${sum(({ answers }) => answers)} answers, ` +
      `${sum(({ removed }) => removed)} extents removed, ${sum(({ held }) => held)} held in memory alone, ` +
      `${sum(({ extents }) => extents)} extents verified, ${(sum(({ scrubbedBytes }) => scrubbedBytes) / 1e6).toFixed(0)} MB scrubbed; slowest opening ${most(({ openMillis }) => openMillis).toFixed(0)} ms; ` +
      `largest file ${(100 * most(({ fileShare }) => fileShare)).toFixed(0)} % of its capacity\n`,
  );
}

function grouped() {
  const groups = new Map();
  for (const death of deaths) {
    const name = `${death.moment}, in ${death.phase}`;
    groups.set(name, [...(groups.get(name) ?? []), death]);
  }
  return groups;
}

function killed() {
  return deaths.filter((death) => death.killed).length;
}

function isFaulty({ faults }) {
  return faults.length > 0;
}
