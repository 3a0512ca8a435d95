// Starts a store that is there as an appliance does, in a process of its own, and tells in JSON what that took.
import { createRequire } from 'node:module';
import { argv, cpuUsage, memoryUsage, stdout } from 'node:process';
import { readFileSync } from 'node:fs';

const [, , built, directory, swarmId] = argv;
const require = createRequire(import.meta.url);
const store = require(`${built}/index.js`);
const options = { directory, capacityBytes: 2 ** 40, probationBytes: 0 };

globalThis.gc();
const before = memory();
const cpu = cpuUsage();
const began = performance.now();
const since = () => (performance.now() - began) / 1000;

const launched = await (store.launchWriter ?? store.startWriter)(options);
const opened = since();
const reader = store.openLmdbReader(directory);
const extent = reader.read(swarmId, 0);
const first = await extent.then(() => since());
await launched.accounted;
const accounted = since();
const { user, system } = cpuUsage(cpu);
// The worker's garbage is not ours to collect: what its heap grew to counts.
const after = memory();
const { extents } = launched.usage();
const cpuSeconds = (user + system) / 1e6;
stdout.write(`${JSON.stringify({ extents, opened, first, accounted, cpuSeconds, ...difference(before, after) })}\n`);
await reader.close();
await launched.stop();

/** Bytes in memory of this process alone, and of the mapped file. */
function memory() {
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { own: of('RssAnon'), mapped: of('RssFile'), rss: memoryUsage().rss };
}

function difference(one, other) {
  return { ownBytes: other.own - one.own, mappedBytes: other.mapped - one.mapped };
}
