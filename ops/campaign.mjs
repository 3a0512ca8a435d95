// What commands have in common that strike at something again and again, each time otherwise: how often, from which seed, and until
// the first fault or Ctrl-C. Their campaigns are TypeScript in test.
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { root, setUp } from './setup.mjs';

/**
 * Runs the campaign of a file below test, as often as the option `counted` says. `tell` writes of each event as it comes, and
 * `summary` makes the last line of all. Ends the process, with status 1 if an event has faults.
 */
export async function runCampaign({ command, counted, fallback, file, tell, summary }) {
  const { count, seed } = orders({ command, counted, fallback });
  setUp();
  const require = createRequire(import.meta.url);
  require('./typescript.cjs');
  const { campaign } = require(join(root, file));
  const events = [];
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  stdout.write(`seed ${seed}, ${count} ${counted}\n`);
  const note = (event) => {
    events.push(event);
    tell(event, events);
    if (isFaulty(event)) stop.abort();
  };
  await campaign(count, seed, note, stop.signal);
  stdout.write(summary(events));
  exit(events.some(isFaulty) ? 1 : 0);
}

export function isFaulty({ faults }) {
  return faults.length > 0;
}

/** Seeds stay below 2^30, so that those made from one are whole numbers of 32 bits. */
function orders({ command, counted, fallback }) {
  const usage = `usage: npm run ${command} -- [--${counted} NUMBER] [--seed NUMBER]\n`;
  const options = { [counted]: { type: 'string', default: String(fallback) }, seed: { type: 'string' } };
  const values = valuesOf(options, usage);
  const count = Number(values[counted]);
  const seed = Number(values.seed ?? randomInt(2 ** 30));
  if (![count, seed].every(Number.isSafeInteger) || count < 1) refuse(usage);
  return { count, seed };
}

function valuesOf(options, usage) {
  try {
    return parseArgs({ args: argv.slice(2), options }).values;
  } catch (error) {
    return refuse(`${error.message}\n${usage}`);
  }
}

function refuse(text) {
  stdout.write(text);
  return exit(2);
}
