// One datapath thread against two: several swarms that an appliance holds, fetched at once over loopback by as many subscribers.
// What counts is the ratio of one run. The subscribers take more CPU than the appliance: with few cores the rates say little,
// the CPU for each byte tells what being two costs.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ppspp from '../../dist/libs/ppspp/src/index.js';
import { table } from './measure.mjs';
import { cpuSecondsOf } from './transfer.mjs';

const weir = fileURLToPath(new URL('../../bin/weir.js', import.meta.url));
const contentBytes = 32 * 1024 * 1024;
const swarmsOfEach = 2;
const threadsMost = 2;
const place = '127.3.0.77:26778';
const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
const running = new Set();

function start(args, more = {}) {
  const child = spawn(execPath, [weir, ...args], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function stop(child, signal = 'SIGTERM') {
  child.kill(signal);
  await once(child, 'exit');
}

async function ask(path, body) {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return fetch(`http://${place}${path}`, body === undefined ? {} : posted);
}

async function until(fact) {
  while (!(await fact().catch(() => false))) await pause(20);
}

/** A swarm with its seeder, of content that repeats nothing. */
async function seed(number) {
  const path = join(folder, `content-${number}`);
  writeFileSync(path, createHash('shake256', { outputLength: contentBytes }).update(String(number)).digest());
  const seeder = start(['seed', path, '--listen', '127.2.0.77:0']);
  const [line] = await once(createInterface(seeder.stdout), 'line');
  return { ...JSON.parse(line), seeder };
}

/** As many swarms of each of two threads, in the store. */
async function fill() {
  const counts = Array.from({ length: threadsMost }, () => 0);
  const swarmIds = [];
  for (let number = 0; counts.some((count) => count < swarmsOfEach); number++) {
    const { swarmId, address, seeder } = await seed(number);
    const thread = ppspp.shardOfSwarm(swarmId, threadsMost);
    if (counts[thread]++ < swarmsOfEach) {
      swarmIds.push(swarmId);
      await ask('/v1/swarms', { swarmId, peers: [address] });
      await until(async () => (await (await ask(`/v1/swarms/${swarmId}`)).json()).complete);
    }
    await stop(seeder);
  }
  return swarmIds;
}

async function appliance(threads) {
  const child = start(['appliance'], {
    WEIR_PPSPP_LISTEN: place,
    WEIR_ADMIN_LISTEN: place,
    WEIR_STORE_PATH: join(folder, 'store'),
    WEIR_STORE_CAPACITY: '1GiB',
    WEIR_SUBSCRIBERS: '127.1.0.0/16',
    WEIR_LOG_LEVEL: 'error',
    WEIR_DATAPATH_THREADS: String(threads),
  });
  await until(async () => (await ask('/readyz')).ok);
  return child;
}

async function serve(threads, swarmIds) {
  const child = await appliance(threads);
  const [cpu, at] = [cpuSecondsOf(child.pid), performance.now()];
  const fetches = swarmIds.map((swarmId, index) => {
    const out = join(folder, `copy-${threads}-${index}`);
    return start(['fetch', swarmId, '--out', out, '--listen', `127.1.0.${index + 1}:0`, '--peer', place, '--json']);
  });
  const statuses = await Promise.all(fetches.map(async (fetching) => (await once(fetching, 'exit'))[0]));
  if (statuses.some((status) => status !== 0)) throw new Error('a fetch failed');
  const seconds = (performance.now() - at) / 1e3;
  const cpuSeconds = cpuSecondsOf(child.pid) - cpu;
  await stop(child);
  return {
    name: `appliance, datapath threads: ${threads}`,
    bytes: contentBytes * swarmIds.length,
    cpuSeconds,
    seconds,
  };
}

try {
  const filling = await appliance(1);
  const swarmIds = await fill();
  await stop(filling);
  const [one, two] = [await serve(1, swarmIds), await serve(threadsMost, swarmIds)];
  stdout.write(
    `${swarmIds.length} swarms of ${contentBytes / 2 ** 20} MiB, as many fetches at once, their start included\n`,
  );
  stdout.write(`${table([one, two])}\n`);
  const ratio = (figure) => (figure(two) / figure(one)).toFixed(2);
  stdout.write(
    `two to one: CPU ${ratio(({ cpuSeconds }) => cpuSeconds)}, rate ${ratio(({ seconds }) => 1 / seconds)}\n`,
  );
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
