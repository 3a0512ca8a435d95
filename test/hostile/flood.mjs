// Spoofed handshakes against a process of its own, over loopback: from ever new addresses of 127.64.0.0/10, for the swarm that it
// has and for invented ones, while honest peers come. `node test/hostile/flood.mjs (seed|appliance) COUNT` prints what came of
// it as one JSON record, and fails if it is not what docs/security.md promises.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, execPath, exit, stderr, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers';
import { Flood } from './flood-sockets.mjs';
import { HonestPeers } from './honest-peers.mjs';
import { residentBytes } from './proc.mjs';

const [kind = 'seed', count = '1000000'] = argv.slice(2);
const total = Number(count);
const memoryMax = 64 * 2 ** 20;
const weir = join(dirname(fileURLToPath(import.meta.url)), '../../bin/weir.js');
const folder = mkdtempSync(join(tmpdir(), 'weir-hostile-'));
const source = join(folder, 'source');
writeFileSync(source, Buffer.alloc(100_000, 7));
const children = [];

function start(args, env = {}) {
  const child = spawn(execPath, [weir, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function seeder() {
  const child = start(['seed', source, '--listen', '127.0.0.2:0']);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { pid: child.pid, ...JSON.parse(line), counts: undefined };
}

/** An appliance that holds what the seeder has. */
async function appliance() {
  const { swarmId, address } = await seeder();
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const place = `127.0.0.3:${port}`;
  const child = start(['appliance'], {
    WEIR_PPSPP_LISTEN: place,
    WEIR_ADMIN_LISTEN: place,
    WEIR_STORE_PATH: join(folder, 'store'),
    WEIR_STORE_CAPACITY: '1GiB',
    WEIR_SUBSCRIBERS: '127.64.0.0/10',
    WEIR_LOG_LEVEL: 'error',
  });
  const ask = (path, more) => fetch(`http://${place}${path}`, more).catch(() => undefined);
  await until(async () => (await ask('/readyz'))?.ok);
  const body = JSON.stringify({ swarmId, peers: [address] });
  await ask('/v1/swarms', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await until(async () => (await (await ask(`/v1/swarms/${swarmId}`)).json()).complete);
  return { pid: child.pid, swarmId, address: place, counts: () => metrics(ask) };
}

async function metrics(ask) {
  await ask('/v1/status');
  const text = await (await ask('/metrics')).text();
  const of = (name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1]);
  return { halfOpen: of('ppspp_half_open_channels'), swarms: of('ppspp_swarms') };
}

async function until(fact) {
  const end = Date.now() + 20_000;
  while (!(await fact().catch(() => false))) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function run() {
  const target = await (kind === 'appliance' ? appliance() : seeder());
  const [ip, port] = target.address.split(':');
  const to = { ip, port: Number(port), swarmId: target.swarmId };
  const honest = new HonestPeers(to);
  const flood = new Flood(to, kind === 'appliance' ? 0.5 : 0);
  const before = residentBytes(target.pid);
  let most = before;
  let halfOpenMost = 0;
  let swarmsMost = 0;
  const started = performance.now();
  let asked = 0;
  let looked = Promise.resolve();
  await flood.send(total, (arrived) => {
    most = Math.max(most, residentBytes(target.pid));
    if (arrived < asked) return;
    asked += total / 25;
    honest.come();
    looked = looked.then(async () => {
      const { halfOpen = 0, swarms = 0 } = (await target.counts?.()) ?? {};
      halfOpenMost = Math.max(halfOpenMost, halfOpen);
      swarmsMost = Math.max(swarmsMost, swarms);
    });
  });
  const seconds = (performance.now() - started) / 1000;
  const tries = await honest.served();
  await looked;
  most = Math.max(most, residentBytes(target.pid));
  return {
    kind,
    arrived: flood.arrived,
    lost: flood.lost,
    perSecond: Math.round(flood.arrived / seconds),
    beforeBytes: before,
    grownBytes: most - before,
    amplified: flood.amplified,
    halfOpenMost,
    swarmsMost,
    honest: tries.length,
    triesMost: Math.max(...tries),
  };
}

let status = 1;
try {
  const report = await run();
  stdout.write(`${JSON.stringify(report)}\n`);
  const isSmall = report.grownBytes <= memoryMax && report.halfOpenMost <= 32_768 && report.swarmsMost <= 1;
  const isServed = report.honest > 0 && report.triesMost <= 3;
  status = isSmall && isServed && report.amplified === 0 ? 0 : 1;
} catch (error) {
  stderr.write(`${String(error)}\n`);
} finally {
  for (const child of children.reverse()) {
    child.kill();
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
  exit(status);
}
