// `npm run fuzz -- [target] [--seconds N]`: coverage-guided fuzzing of the protocol's core. See docs/testing.md.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join, relative, resolve } from 'node:path';
import process, { argv, cwd, exit, stdout } from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { root, setUpPackages } from './setup.mjs';

/** One input may take this long; beyond it, it counts as one that never ends. */
const hangSeconds = 10;
/** Memory of a target's thread. An input is small, and so are the tables it can fill: who needs more hoards. */
const heapMegabytes = 1_024;
const inputBytesMax = 2 ** 16;
const lowPriority = 10;
const usage = 'npm run fuzz -- [TARGET...] [--seconds N] [--seed N] | --minimise | TARGET --replay FILE [--keep]';

const targets = readdirSync(join(root, 'test/fuzz'))
  .filter((name) => name.endsWith('.target.ts'))
  .map((name) => name.replace('.target.ts', ''));
const { values, positionals } = readArguments();
const wanted = positionals.length === 0 ? targets : positionals;
const { mode } = values;
const [inputNumber, inputLength, stop] = [0, 1, 2];

setUpPackages();
setPriority(lowPriority);
if (values.keep) keep(wanted[0]);
let found = 0;
for (const name of wanted) found += await run(name);
exit(found === 0 ? 0 : 1);

function readArguments() {
  const options = {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    minimise: { type: 'boolean' },
    replay: { type: 'string' },
    keep: { type: 'boolean' },
  };
  try {
    const read = parseArgs({ args: argv.slice(2), options, allowPositionals: true });
    const unknown = read.positionals.find((name) => !targets.includes(name));
    if (unknown !== undefined) throw new TypeError(`no target ${unknown}; there are ${targets.join(', ')}`);
    if (read.values.replay !== undefined && read.positionals.length !== 1)
      throw new TypeError('--replay needs a TARGET');
    if (read.values.keep && read.values.replay === undefined) throw new TypeError('--keep needs --replay FILE');
    for (const key of ['seconds', 'seed'])
      if (!/^\d+$/.test(read.values[key])) throw new TypeError(`--${key} takes a whole number`);
    read.values.mode = read.values.replay !== undefined ? 'replay' : read.values.minimise ? 'minimise' : 'fuzz';
    return read;
  } catch (error) {
    stdout.write(`${error.message}\n${usage}\n`);
    return exit(2);
  }
}

function filesOf(name) {
  return {
    committed: join(root, `test/fuzz/corpus/${name}.hex`),
    regressions: join(root, `test/fuzz/corpus/${name}.regressions.hex`),
    found: join(root, `tmp/fuzz/${name}.hex`),
    ...(values.replay === undefined ? {} : { replay: resolve(cwd(), values.replay) }),
  };
}

/** Puts an input into the corpus for good. */
function keep(name) {
  const { regressions, replay } = filesOf(name);
  const line = readFileSync(replay).toString('hex');
  if (!existsSync(regressions) || !readFileSync(regressions, 'utf8').includes(`${line}\n`))
    appendFileSync(regressions, `${line}\n`);
}

/** Runs one target to its end; resolves with how many failures it had: one at most. */
async function run(name) {
  const shared = { control: new SharedArrayBuffer(12), input: new SharedArrayBuffer(inputBytesMax) };
  const control = new Int32Array(shared.control);
  const seed = Number(values.seed);
  const seconds = Number(values.seconds);
  const isTimed = mode === 'fuzz';
  stdout.write(`${name}: ${mode}${isTimed ? `, ${seconds} s, seed ${seed}` : ''}\n`);
  const worker = new Worker(new URL('./fuzz/worker.mjs', import.meta.url), {
    workerData: { name, files: filesOf(name), seconds, seed, mode, shared },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  const interrupt = () => Atomics.store(control, stop, 1);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const failures = await watched(worker, { name, control, input: new Uint8Array(shared.input) });
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  return failures;
}

/** Prints what a worker tells until it ends, and keeps the input at which it failed, hung or burst. */
function watched(worker, { name, control, input }) {
  const started = performance.now();
  const running = () => input.slice(0, Atomics.load(control, inputLength));
  let failures = 0;
  const fail = (bytes, text) => {
    failures++;
    stdout.write(`\n${text}\n${keptFailure(name, bytes)}`);
  };
  let seenNumber = -1;
  const watch = setInterval(() => {
    const number = Atomics.load(control, inputNumber);
    if (number === seenNumber && number > 0) {
      fail(running(), `an input takes more than ${hangSeconds} s`);
      void worker.terminate();
    }
    seenNumber = number;
  }, hangSeconds * 1000);
  return new Promise((resolved) => {
    worker.on('message', (message) => {
      if (message.kind === 'progress') stdout.write(progressLine(message, started));
      if (message.kind === 'failure') fail(message.input, message.stack);
      if (message.kind === 'done') stdout.write(`${name}: ${failures === 0 ? 'no failure' : 'failed'}\n`);
    });
    worker.on('error', (error) => fail(running(), error.stack ?? String(error)));
    worker.on('exit', () => {
      clearInterval(watch);
      resolved(failures);
    });
  });
}

function progressLine({ runs, edges, corpus }, started) {
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(runs / seconds);
  return `  ${seconds.toFixed(0)} s, ${runs} inputs (${rate}/s), ${edges} edges, corpus of ${corpus}\n`;
}

/** Writes an input that fails to a file; how to run it again. */
function keptFailure(name, bytes) {
  if (mode === 'replay') return '';
  const folder = join(root, 'tmp/fuzz/failures');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`);
  writeFileSync(path, bytes);
  return `kept; again: npm run fuzz -- ${name} --replay ${relative(root, path)}\n`;
}
