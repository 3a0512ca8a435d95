// `npm run lab [-- --seconds N] [--json]`: subscribers, a PoP and the Internet as network namespaces of this machine, with the
// real programs in them, and a table of what goes on. Ctrl-C ends it and leaves nothing behind.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process, { exit, stderr, stdout } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { render } from './lab/table.mjs';
import { root, setUp } from './setup.mjs';

const usage =
  'npm run lab -- [--seconds N] [--json] [--subscribers N] [--contents N] [--delay MILLISECONDS] [--loss SHARE] [--mbits N]';
/** Bytes of each content, the most wanted one first. */
const contents = [8e6, 6e6, 4e6, 4e6, 2e6];
const sampleMillis = 1_000;
const signalMillis = 100;
const exitCodes = { failed: 1, impossible: 2, interrupted: 130, terminated: 143 };

const wishes = readArguments();
setUp();
const require = createRequire(import.meta.url);
require('./typescript.cjs');
const { netnsObstacle } = require(join(root, 'test/netns/obstacle.ts'));
const { removeOwn } = require(join(root, 'test/netns/namespaces.ts'));
const { Scene } = require(join(root, 'test/netns/lab/scene.ts'));

const ending = new AbortController();
/** What is to be ended: the networks, and then all that goes on in them. */
let stage;
process.on('SIGINT', () => end(exitCodes.interrupted));
process.on('SIGTERM', () => end(exitCodes.terminated));
const reason = netnsObstacle();
if (reason !== undefined) await complain(exitCodes.impossible, `it cannot run here: ${reason}`);
try {
  await run();
  await end(0);
} catch (error) {
  await complain(exitCodes.failed, error.message);
}

/** Ctrl-C ends tools that are at work, too: what comes of that may come before the signal does, and is nothing to tell. */
async function complain(status, text) {
  await pause(signalMillis);
  if (!ending.signal.aborted) stderr.write(`lab: ${text}\n`);
  await end(status);
}

async function run() {
  stderr.write('lab: building networks, publishing, starting everybody\n');
  const scene = await Scene.open(wishes.plan, (lab) => (stage = lab));
  stage = scene;
  const begin = performance.now();
  let drawn = 0;
  for (let over = false; !over;) {
    await pause(sampleMillis, undefined, { signal: ending.signal });
    const seconds = (performance.now() - begin) / 1_000;
    over = seconds >= wishes.seconds;
    drawn = show({ seconds, ...(await scene.sample()) }, { drawn, over });
  }
}

/** On a terminal the table is drawn where it was; elsewhere it is drawn once, at the end. */
function show(sample, { drawn, over }) {
  if (wishes.json) stdout.write(`${JSON.stringify(sample)}\n`);
  else if (stdout.isTTY || over) {
    const lines = render(sample, wishes.plan);
    const up = drawn > 0 ? `\x1b[${drawn}A` : '';
    stdout.write(`${up}${lines.map((line) => `${line}${stdout.isTTY ? '\x1b[K' : ''}\n`).join('')}`);
    return lines.length;
  }
  return drawn;
}

/** Whoever comes first decides on the status. */
async function end(status) {
  if (ending.signal.aborted) return await new Promise(() => undefined);
  ending.abort();
  await stage?.end();
  removeOwn();
  exit(status);
}

function readArguments() {
  const text = { type: 'string' };
  const options = {
    seconds: text,
    subscribers: text,
    contents: text,
    delay: text,
    loss: text,
    mbits: text,
    json: { type: 'boolean' },
  };
  try {
    const { values } = parseArgs({ options });
    const number = (name, usual) => readNumber(name, values[name] ?? usual);
    const line = { delayMillis: number('delay', 20), loss: number('loss', 0.002), mbits: number('mbits', 100) };
    const published = contents.slice(0, number('contents', contents.length));
    const plan = { subscribers: number('subscribers', 6), contents: published, seedersPerContent: 2, line, seed: 1 };
    return { seconds: number('seconds', Infinity), json: values.json ?? false, plan };
  } catch (error) {
    return leave(exitCodes.impossible, `lab: ${error.message}\nusage: ${usage}`);
  }
}

function readNumber(name, value) {
  const number = Number(value);
  if (number >= 0) return number;
  throw new Error(`--${name} ${value}: write a number`);
}

function leave(status, line) {
  stderr.write(`${line}\n`);
  exit(status);
}
