// The main job on loopback, as separate processes: a tracker, an external seeder, the appliance, and two subscribers one
// after the other. External peers live in 127.2.0.0/16, subscribers in 127.1.0.0/16, the appliance at 127.3.0.1.
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import process, { argv, execPath, stderr, stdout } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { Cast } from './demo/cast.mjs';
import { freePort, statusOf, untilReady } from './demo/appliance.mjs';
import { report } from './demo/report.mjs';
import { setUp } from './setup.mjs';

/** Any port that is free: an appliance may be running on this machine. */
const listen = '127.3.0.1:0';
const tolerance = 0.02;

setUp();
const file = resolve(argv[2] ?? execPath);
const folder = mkdtempSync(join(tmpdir(), 'weir-demo-'));
const cast = new Cast();
let ending = false;
const interruptions = { SIGINT: 130, SIGTERM: 143 };
for (const [signal, status] of Object.entries(interruptions)) process.on(signal, () => void end(status));

const status = await run().catch((error) => {
  // A signal reaches all processes at once, and a subscriber may be the first to end of it.
  if (Object.values(interruptions).includes(error.status)) return error.status;
  if (!ending) stderr.write(`demo: ${error.message}\n`);
  return 1;
});
await end(status);

async function run() {
  const size = sizeOf(file);
  say(`publishing ${basename(file)} (${(size / 1e6).toFixed(1)} MB)`);
  const tracker = await cast.announced('tracker', [
    'tracker',
    '--listen',
    '127.2.0.1:0',
    '--super-node',
    '127.3.0.1/32',
  ]);
  const seedArgs = ['seed', file, '--listen', '127.2.0.2:0', '--tracker', tracker.url];
  const { swarmId } = await cast.announced('seeder', seedArgs);
  const admin = await startAppliance(tracker.url);
  const {
    addresses: [appliance],
  } = await statusOf(admin);
  say('the first subscriber asks the appliance for a swarm it does not hold');
  const first = await subscribe('127.1.0.1', ['--peer', appliance], { swarmId, tracker });
  const between = await statusOf(admin);
  say('the second subscriber finds the appliance through the tracker');
  const second = await subscribe('127.1.0.2', [], { swarmId, tracker });
  const after = await statusOf(admin);
  const source = await sha256(file);
  const subscribers = [
    { name: 'first subscriber', ...first, same: (await sha256(first.file)) === source },
    { name: 'second subscriber', ...second, same: (await sha256(second.file)) === source },
  ];
  return judge({ size, subscribers, between, after, appliance });
}

async function startAppliance(tracker) {
  const admin = `127.0.0.1:${await freePort()}`;
  cast.start('appliance', ['appliance'], {
    WEIR_PPSPP_LISTEN: listen,
    WEIR_ADMIN_LISTEN: admin,
    WEIR_STORE_PATH: join(folder, 'store'),
    WEIR_STORE_CAPACITY: '4GiB',
    WEIR_TRACKERS: tracker,
    WEIR_SUBSCRIBERS: '127.1.0.0/16',
    WEIR_LOG_LEVEL: 'warn',
  });
  await untilReady(admin, cast);
  return admin;
}

async function subscribe(ip, more, { swarmId, tracker }) {
  const out = join(folder, ip);
  const args = ['fetch', swarmId, '--out', out, '--listen', `${ip}:0`, '--tracker', tracker.url, ...more, '--json'];
  return await cast.finished(`subscriber ${ip}`, args);
}

/** The promises of the demo: equal files, nothing fetched twice, and no more fetched than there is. */
function judge({ size, subscribers, between, after, appliance }) {
  const failures = [];
  for (const { name, same } of subscribers) if (!same) failures.push(`the ${name}'s file differs from the source`);
  const [, second] = subscribers;
  const outside = Object.keys(second.peers).filter((peer) => peer !== appliance);
  if (outside.length > 0) failures.push(`the second subscriber took bytes from outside: ${outside.join(', ')}`);
  if (after.cacheInBytes !== between.cacheInBytes) failures.push('the appliance fetched for the second subscriber');
  if (Math.abs(after.cacheInBytes - size) > tolerance * size) failures.push('cache-in is not the size of the file');
  stdout.write(report({ size, subscribers, after }));
  for (const failure of failures) stderr.write(`demo: failed: ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new Error(`${path} cannot be read (${error.code}); name another file`, { cause: error });
  }
}

async function sha256(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function say(text) {
  stderr.write(`demo: ${text}\n`);
}

/** Ends every process and removes the folder; whoever comes first decides on the status. */
async function end(code) {
  if (ending) return;
  ending = true;
  await cast.end();
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
