// The whole peer: `weir seed` to `weir fetch` over loopback, each a process, with the CPU of both.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const weir = fileURLToPath(new URL('../../dist/apps/weir/src/main.js', import.meta.url));
const reporter = fileURLToPath(new URL('report-cpu.cjs', import.meta.url));
const contentBytes = 128 * 1024 * 1024;
/** A transfer that takes longer is stuck: it would be below 1 MB/s. */
const secondsMax = 120;
/** Linux counts a process's CPU in hundredths of a second (USER_HZ), on every architecture. */
const ticksPerSecond = 100;

/** Two rows, or a line that says why there are none. */
export async function transferRows() {
  if (!existsSync(weir)) return { rows: [], note: 'weir seed, weir fetch: skipped, dist/apps/weir is not built' };
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    return { rows: await transfer(folder), note: undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function transfer(folder) {
  const source = join(folder, 'source');
  const copy = join(folder, 'copy');
  const digest = await generate(source);
  const seeder = spawn(execPath, [weir, 'seed', source, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { swarmId, address } = await readiness(seeder);
    const before = cpuSecondsOf(seeder.pid);
    const fetched = await fetchFrom(swarmId, address, copy, join(folder, 'cpu'));
    const served = cpuSecondsOf(seeder.pid) - before;
    if ((await digestOf(copy)) !== digest) throw new Error('weir fetch wrote other bytes than weir seed had');
    const { seconds } = fetched;
    return [
      { name: 'weir seed', bytes: contentBytes, cpuSeconds: served, seconds },
      { name: 'weir fetch, its start included', bytes: contentBytes, cpuSeconds: fetched.cpuSeconds, seconds },
    ];
  } finally {
    if (seeder.exitCode === null && seeder.kill()) await once(seeder, 'exit');
  }
}

/** The one JSON line that `weir seed` prints when it is ready. */
async function readiness(seeder) {
  const ended = once(seeder, 'exit').then(([code]) => {
    throw new Error(`weir seed ended with ${code} before it was ready`);
  });
  const [line] = await Promise.race([once(createInterface(seeder.stdout), 'line'), ended]);
  ended.catch(() => undefined);
  return JSON.parse(line);
}

async function fetchFrom(swarmId, address, copy, report) {
  const peer = typeof address === 'string' ? address : `${address.ip}:${address.port}`;
  const begun = performance.now();
  const leecher = spawn(execPath, [weir, 'fetch', swarmId, '--out', copy, '--peer', peer, '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, NODE_OPTIONS: `--require ${reporter}`, WEIR_BENCH_CPU: report },
    timeout: secondsMax * 1000,
    killSignal: 'SIGKILL',
  });
  const [code, signal] = await once(leecher, 'exit');
  if (code !== 0) throw new Error(`weir fetch ended with ${code ?? signal}`);
  const seconds = (performance.now() - begun) / 1e3;
  return { seconds, cpuSeconds: Number(readFileSync(report, 'utf8')) };
}

/** User and system time: fields 14 and 15 of proc_pid_stat(5), counted after the name, which may contain blanks. */
export function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Content that no file system compresses and no chunk of which repeats; gives its SHA-256. */
async function generate(path) {
  const stream = createWriteStream(path);
  const hash = createHash('sha256');
  for (let at = 0; at < contentBytes;) {
    const block = createHash('shake256', { outputLength: 1024 * 1024 })
      .update(String(at))
      .digest();
    hash.update(block);
    if (!stream.write(block)) await once(stream, 'drain');
    at += block.length;
  }
  stream.end();
  await once(stream, 'finish');
  return hash.digest('hex');
}

async function digestOf(path) {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path)) hash.update(block);
  return hash.digest('hex');
}
