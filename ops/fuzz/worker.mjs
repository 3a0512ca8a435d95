// Fuzzes one target in a thread of its own, so that an input that hangs or takes all memory can be told and kept.
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { setSourceMapsEnabled } from 'node:process';
import { readCorpus, writeCorpus } from './corpus.mjs';
import { edgeOf, featuresOf, Seen } from './coverage.mjs';
import { instrumentingRequire } from './instrument.mjs';
import { dice, mutator, shrunk } from './mutator.mjs';

/** Runs that making a new input shorter may cost, and those for one that fails. */
const shrinkTries = 40;
const shrinkFailureTries = 2_000;
/** Half of all mutations start from so many inputs found last. */
const newest = 50;

const { name, files, seconds, seed, mode, shared } = workerData;
const [inputNumber, inputLength, stop] = [0, 1, 2];
setSourceMapsEnabled(true);
const require = instrumentingRequire(
  (path) => /\/libs\/(?:ppspp|ppstp|intercept\/src\/tracker)\//.test(path) && !/\.testing\.ts$/.test(path),
);
const { target } = require(`./test/fuzz/${name}.target.ts`);
const control = new Int32Array(shared.control);
const current = new Uint8Array(shared.input);
const random = dice(seed);
const mutate = mutator(random, target);
const seen = new Seen();
/** Inputs that showed something new when they were found. */
const corpus = [];
let runs = 0;
/** The first failure ends the run; while its input is made shorter, more of them are wanted. */
let failure;

/** An input's features, or undefined if it failed. */
function attempt(input) {
  const bytes = input.subarray(0, Math.min(input.length, target.bytesMax));
  current.set(bytes);
  Atomics.store(control, inputLength, bytes.length);
  Atomics.add(control, inputNumber, 1);
  runs++;
  try {
    return featuresOf((given) => target.run(given), new Uint8Array(bytes));
  } catch (error) {
    const { message, stack } = error;
    const isFirst = failure === undefined;
    failure = { message, stack };
    if (isFirst) fail(bytes.slice());
    return undefined;
  }
}

function consider(input) {
  const features = attempt(input) ?? [];
  if (seen.add(features) > 0) corpus.push({ input, features });
}

/** Keeps what is new about an input, but in fewer bytes where that can be. */
function explore(input) {
  const features = attempt(input) ?? [];
  const fresh = features.filter((feature) => (seen.features[edgeOf(feature)] & (1 << (feature % 8))) === 0);
  if (fresh.length === 0) return;
  const keepsFresh = (shorter) => {
    const shown = new Set(attempt(shorter) ?? []);
    return fresh.every((feature) => shown.has(feature));
  };
  consider(shrunk(input, keepsFresh, shrinkTries));
}

function fail(input) {
  const { message, stack } = failure;
  const failsAlike = (shorter) => attempt(shorter) === undefined && failure.message === message;
  const shorter = shrunk(input, failsAlike, shrinkFailureTries);
  parentPort.postMessage({ kind: 'failure', input: shorter, stack });
  Atomics.store(control, stop, 1);
}

function stopped() {
  return Atomics.load(control, stop) !== 0;
}

function report(kind) {
  parentPort.postMessage({ kind, runs, edges: seen.edges, corpus: corpus.length });
}

function fuzz() {
  const end = performance.now() + seconds * 1000;
  let next = 0;
  while (!stopped() && performance.now() < end) {
    const from = random.below(2) === 0 ? Math.max(0, corpus.length - newest) : 0;
    const parent = corpus[from + random.below(corpus.length - from)];
    explore(mutate(parent.input, random.pick(corpus).input));
    if (performance.now() >= next) {
      report('progress');
      next = performance.now() + 5000;
    }
  }
}

/** The fewest and shortest inputs, by a greedy choice, that show every edge that all of them show. */
function minimised() {
  const kept = new Seen();
  const covers = ({ features }) => kept.add(features.map((feature) => feature - (feature % 8))) > 0;
  return corpus.sort((left, right) => left.input.length - right.input.length).filter(covers);
}

function replay(path) {
  attempt(readFileSync(path));
}

function loadCorpus() {
  const inputs = [files.regressions, files.committed, files.found].flatMap(readCorpus);
  for (const input of [...inputs, ...target.seeds()]) if (!stopped()) consider(input);
}

if (mode === 'replay') replay(files.replay);
else loadCorpus();
if (mode === 'fuzz') fuzz();
report('progress');
if (mode === 'fuzz')
  writeCorpus(
    files.found,
    corpus.map(({ input }) => input),
  );
if (mode === 'minimise')
  writeCorpus(
    files.committed,
    minimised().map(({ input }) => input),
  );
parentPort.postMessage({ kind: 'done' });
