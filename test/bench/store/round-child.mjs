// A part of a round: what writing, reading and churning cost a store and a flat file, in a process of its own. Tells it in JSON.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv, cpuUsage, stdout } from 'node:process';
import { MadeContent } from './content.mjs';
import { FlatFile } from './flat-file.mjs';

const [, , built, folder, megabytes, part] = argv;
const store = createRequire(import.meta.url)(`${built}/index.js`);

/** Extents of one transaction: 4 MiB, and what the flat file is synced after. */
const perCommit = 64;
/** Reads under way at a time. */
const readsAtOnce = 16;
const swarmExtents = 1024;
const content = new MadeContent({ chunkSize: 1024, extents: swarmExtents });
const extent = content.write(1, [0]).extents[0];
const slotBytes = extent.bytes.length + extent.hashes.length;
const count = Math.ceil((Number(megabytes) * 1e6) / content.extentBytes / perCommit) * perCommit;
const roomy = 2 ** 40;
/** Of a full store: so much that a transaction of ours is one of its own, which are a 128th of the capacity at most. */
const tight = 140 * perCommit * 17 * 4096;
/** Extents that fill it, and then turn over half of it: nothing is measured before all of its work was done for a while. */
const filling = 240 * perCommit;
const rows = {};

/** Extents that are written and read before anything is measured: an appliance runs for days, and has compiled its code long ago. */
const rehearsal = 64 * perCommit;

await rehearse();
if (part === 'cold') {
  // In a process that has nothing of the file mapped: what is mapped stays.
  await reading('read, cold', uncached);
} else {
  await writing();
  await reading('read, warm', () => undefined);
  for (const isAskedAgain of [false, true]) await churning(isAskedAgain);
}
stdout.write(`${JSON.stringify(rows)}\n`);

async function rehearse() {
  const writer = open('rehearsal', roomy);
  commitAll(writer, 0, { end: rehearsal, isAskedAgain: true });
  await writer.close();
  const reader = store.openLmdbReader(join(folder, 'rehearsal'));
  for (let round = 0; round < 4; round++) await readAll(reader, shuffled(rehearsal));
  await reader.close();
  rmSync(join(folder, 'rehearsal'), { recursive: true });
}

async function writing() {
  const writer = open('store', roomy);
  await measured('write', 'store', () => commitAll(writer, 0, { end: count }));
  await writer.close();
  const flat = flatFile(count);
  await measured('write', 'flat', () => writeAll(flat, 0));
  flat.close();
}

/** Of all extents, each once, in an order by chance. */
async function reading(name, before) {
  const order = shuffled(count);
  const reader = store.openLmdbReader(join(folder, 'store'));
  before(join(folder, 'store/data.mdb'));
  await measured(name, 'store', () => readAll(reader, order));
  await reader.close();
  const flat = flatFile(count);
  before(flat.path);
  await measured(name, 'flat', () => order.forEach((slot) => flat.read(slot)));
  flat.close();
}

async function readAll(reader, order) {
  for (let at = 0; at < order.length; at += readsAtOnce)
    await Promise.all(order.slice(at, at + readsAtOnce).map((number) => readOne(reader, number)));
}

async function readOne(reader, number) {
  const found = await reader.read(content.swarmId(swarmOf(number)), number % swarmExtents);
  if (found === undefined) throw new Error(`extent ${number} is not there`);
}

/** Into a store that was filled before, so that each extent takes another's place. */
async function churning(isAskedAgain) {
  const name = isAskedAgain ? 'churn, asked for again' : 'churn, never asked for';
  const place = isAskedAgain ? 'again' : 'never';
  const writer = open(place, tight);
  commitAll(writer, 0, { end: filling, isAskedAgain });
  const end = filling + count;
  let refused = 0;
  await measured(name, 'store', () => {
    refused = commitAll(writer, filling, { end, isAskedAgain });
  });
  await writer.close();
  // What is refused costs nothing, and the figure would be none.
  if (refused > 0) throw new Error(`${name}: ${refused} of ${count} extents were refused`);
  rows[name].fileShare = statSync(join(folder, place, 'data.mdb')).size / tight;
  rmSync(join(folder, place), { recursive: true });
  // Its file has as many slots as were written before: a part of them is written anew.
  const flat = flatFile(count / 2);
  await measured(name, 'flat', () => writeAll(flat, 0));
  flat.close();
}

function open(place, capacityBytes) {
  const directory = join(folder, place);
  mkdirSync(directory, { recursive: true });
  return store.openLmdbWriter({ directory, capacityBytes, probationBytes: Math.min(256 * 2 ** 20, capacityBytes / 4) });
}

function flatFile(slots) {
  return new FlatFile(folder, { slotBytes, slots });
}

/** Extents from a number on; how many of them were refused. */
function commitAll(writer, from, { end, isAskedAgain = false }) {
  let refused = 0;
  for (let first = from; first < end; first += perCommit) {
    const now = Math.floor(Date.now() / 1000);
    const indexes = Array.from({ length: perCommit }, (_, at) => (first + at) % swarmExtents);
    const number = swarmOf(first);
    const [result] = writer.commit([{ ...store.emptyBatch, writes: [content.write(number, indexes)] }], now);
    refused += result.refused.length;
    if (isAskedAgain) writer.commit([{ ...store.emptyBatch, touched: askedFor(number, indexes) }], now);
  }
  return refused;
}

/** By two subscribers, one after the other. */
function askedFor(number, indexes) {
  const swarmId = content.swarmId(number);
  return [1, 2, 3].flatMap((by) => indexes.map((index) => ({ swarmId, index, by })));
}

function writeAll(flat, from) {
  for (let first = from; first < from + count; first += perCommit) flat.write(extent, first, perCommit);
}

function swarmOf(number) {
  return 1 + Math.floor(number / swarmExtents);
}

async function measured(name, what, work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = cpuUsage();
  const began = performance.now();
  await work();
  const { user, system } = cpuUsage(cpu);
  const gigabytes = (count * content.extentBytes) / 1e9;
  const cpuPerGigabyte = (user + system) / 1e6 / gigabytes;
  const megabytesPerSecond = (gigabytes * 1e6) / (performance.now() - began);
  delay.disable();
  // Of a thread that would wait for the disk the event loop would stand still. Its timer is a millisecond apart itself.
  const delayMillis = Math.max(0, delay.percentile(99) / 1e6 - 1);
  rows[name] = { ...rows[name], [what]: { cpuPerGigabyte, megabytesPerSecond, delayMillis } };
}

/** Takes a file out of the page cache; what is dirty is written first. */
function uncached(file) {
  spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
}

function shuffled(length) {
  const order = Array.from({ length }, (_, at) => at);
  let state = 1;
  for (let at = length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
