/**
 * Loaded into the process that is killed, in each of its threads. The main thread runs a scenario in TypeScript over the
 * built libs; in the writer's, every change of the tables goes into the journal: a line with what a transaction does just
 * before it commits, and one when it has. It can also end the process at such a point, as SIGKILL does.
 */
const { openSync, readFileSync, statSync, writeSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

/** Transactions between two at which the policy's memory is written down. */
const commitsPerMemory = 15;

const root = join(__dirname, '../..');
const built = (lib) => join(root, 'dist/libs', lib, 'src');

/** What the journal says of a change, from its arguments and result. */
const changing = {
  putSwarm: ([{ number, record, extentsHeld, storedBytes }]) => [
    record.metadata.swarmId,
    { number, extentsHeld, storedBytes },
  ],
  removeSwarm: ([swarmId]) => [swarmId],
  putExtent: ([number, { index }]) => [number, index],
  removeExtent: ([number, index]) => [number, index],
  putBlock: ([number, { tier, index }]) => [number, tier, index],
  putRule: ([change]) => [change],
  sweep: ([number], { done }) => [number, done],
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  const [, lib] = /^@weir\/([^/]+)$/.exec(request) ?? [];
  return resolveFilename(lib === undefined ? request : join(built(lib), 'index.js'), ...rest);
};

if (isMainThread) {
  Module._extensions['.ts'] = (loaded, filename) => {
    const { transformSync } = require('@swc/core');
    const options = { ...require('../../ops/swc.cjs'), filename };
    loaded._compile(transformSync(readFileSync(filename, 'utf8'), options).code, filename);
  };
} else journalled(JSON.parse(process.env.WEIR_CRASH));

/** Parts of a small disk that somebody else has, one after the other, each for so many looks. */
const othersShares = [0, 0.15, 0.35, 0.6, 0.2];
const looksEach = 25;

/** Sweeps between two at which the disk is looked after, which is once a second otherwise. */
const sweepsPerTending = 3;

/** A disk of its own for the store, as large as it is told, on which somebody else comes and goes. */
function smallDisk(diskBytes) {
  const disk = require(join(built('store'), 'disk.js'));
  let looks = 0;
  disk.diskSpaceAt = (path) => {
    const share = othersShares[Math.floor(looks++ / looksEach) % othersShares.length];
    const { blocks = 0 } = statSync(join(path, 'data.mdb'), { throwIfNoEntry: false }) ?? {};
    const freeBytes = Math.max(0, Math.floor(diskBytes * (1 - share)) - blocks * 512);
    return { freeBytes, totalBytes: diskBytes };
  };
  const { TableWriter } = require(join(built('store'), 'table-writer.js'));
  const { sweep } = TableWriter.prototype;
  let sweeps = 0;
  TableWriter.prototype.sweep = function () {
    const isMore = sweep.call(this);
    if (++sweeps % sweepsPerTending === 0) this.tend();
    return isMore;
  };
}

/** What is given back to the disk is told, run by run, and can be cut short between any two. */
function watchReturns({ tell, pass, killAtRun }) {
  const { PageReturn } = require(join(built('store'), 'page-return.js'));
  const { giveBack, releaseStep } = PageReturn.prototype;
  let runs = 0;
  PageReturn.prototype.giveBack = function (bytes) {
    tell({ kind: 'giving', on: true, bytes: 0 });
    const given = giveBack.call(this, bytes);
    tell({ kind: 'giving', on: false, bytes: given });
    return given;
  };
  PageReturn.prototype.releaseStep = function (descriptor, step) {
    for (let at = 0; at < step.length; at += 2) {
      if (!releaseStep.call(this, descriptor, step.subarray(at, at + 2))) return false;
      pass();
      if (++runs === killAtRun) process.kill(process.pid, 'SIGKILL');
    }
    return true;
  };
}

function journalled({ journal, killAtPoint, killAtRun, diskBytes }) {
  if (diskBytes > 0) smallDisk(diskBytes);
  const { LmdbTables } = require(join(built('store'), 'lmdb-tables.js'));
  const tables = LmdbTables.prototype;
  const file = openSync(journal, 'a');
  const tell = (line) => writeSync(file, `${JSON.stringify(line)}\n`);
  let points = 0;
  const pass = () => {
    points++;
    if (points === killAtPoint) process.kill(process.pid, 'SIGKILL');
  };
  watchReturns({ tell, pass, killAtRun });
  let changes;
  for (const [name, told] of Object.entries(changing)) {
    const original = tables[name];
    if (original === undefined) continue;
    tables[name] = function (...args) {
      const result = original.apply(this, args);
      changes?.push([name, ...told(args, result)]);
      pass();
      return result;
    };
  }
  // What stands in no journal, and must do no harm whenever it is cut short: the policy's memory, and the second copy of the rules.
  const { keepPolicy } = tables;
  tables.keepPolicy = function (state) {
    pass();
    keepPolicy.call(this, state);
    pass();
  };
  const { RulesCopy } = require(join(built('store'), 'integrity/rules-copy.js'));
  const { add } = RulesCopy.prototype;
  RulesCopy.prototype.add = function (...args) {
    pass();
    add.apply(this, args);
    pass();
  };
  // What comes into memory and leaves it within one transaction is told to nobody else.
  const { Drawer } = require(join(built('store'), 'drawer.js'));
  const { put, release } = Drawer.prototype;
  Drawer.prototype.put = function (ref, extent) {
    changes?.push(['hold', ref.swarmId, ref.index]);
    return put.call(this, ref, extent);
  };
  Drawer.prototype.release = function (ref, place) {
    changes?.push(['drop', ref.swarmId, ref.index]);
    return release.call(this, ref, place);
  };
  const { TableWriter } = require(join(built('store'), 'table-writer.js'));
  const { moves, commit } = TableWriter.prototype;
  let commits = 0;
  TableWriter.prototype.commit = function (...args) {
    const result = commit.apply(this, args);
    // It happens every ten minutes, which nobody waits for here.
    if (++commits % commitsPerMemory === 0) this.remember();
    return result;
  };
  TableWriter.prototype.moves = function () {
    const moved = moves.call(this);
    const refs = (list) => list.map(({ swarmId, index }) => ({ swarmId, index }));
    const { released, held } = moved;
    if (released.length + held.length > 0) tell({ kind: 'moved', released: refs(released), held: refs(held) });
    return moved;
  };
  const { atomically } = tables;
  tables.atomically = function (work) {
    const outermost = changes === undefined;
    if (!outermost) return atomically.call(this, work);
    changes = [];
    const result = atomically.call(this, () => {
      const done = work();
      tell({ kind: 'doing', changes });
      return done;
    });
    changes = undefined;
    tell({ kind: 'done' });
    pass();
    return result;
  };
}
