// Spoofed handshakes against one endpoint, from ever new addresses, for known and for invented swarms; honest peers come
// in the midst of them. `node --expose-gc test/hostile/flood.mjs [COUNT]` prints what came of it as one JSON record.
import { randomBytes } from 'node:crypto';
import { argv, exit, memoryUsage, stdout } from 'node:process';
import ppspp from '../../dist/libs/ppspp/src/index.js';

const { Endpoint, encodeDatagram, endpointDefaults, initiatingOptions, limits } = ppspp;
const count = Number(argv[2] ?? 1_000_000);
/** 40,000 handshakes a second, in virtual time, handed over in batches as a socket does. */
const interval = 25;
const batch = 256;
/** An honest peer comes every so often, and its second datagram a round trip of 100 ms later. */
const honestEvery = 40_000;
const roundTrip = 4_000;
/** Handshakes that come before: a process in service has grown to its working size. */
const warmUp = 60_000;
const memoryMax = 64 * 2 ** 20;

const metadata = { swarmId: '5a'.repeat(32), hash: 'sha256', addressing: 'chunk32', chunkSize: 1024 };
const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize: 1024 };
const endpoint = new Endpoint({
  random: () => randomBytes(4).readUInt32BE(),
  wireOffset: 0n,
  admit: () => 'serve',
  portFor: () => 0,
  opensUnknown: true,
  fetchesFromCallers: false,
  servesCalled: false,
  ...endpointDefaults,
});

let now = 1_000_000;
let amplified = 0;
let halfOpenMost = 0;
const honest = new Map();
const honestTries = [];
let arrivals = 0;

function opening(channel, swarmId) {
  const options = initiatingOptions({ ...metadata, swarmId }, true);
  return encodeDatagram(0, [{ type: 'handshake', channel, options }], dialect);
}

function hear(from, bytes) {
  endpoint.handle({ kind: 'datagram', from, port: 0, bytes }, now);
}

const asked = new Map();

function drain() {
  for (let effects = endpoint.drain(now); effects.length > 0; effects = endpoint.drain(now)) {
    for (const effect of effects) {
      const { kind, swarmId } = effect;
      if (kind === 'open') endpoint.handle({ kind: 'swarm-opened', swarmId, content: undefined }, now);
      if (kind === 'send') take(effect);
    }
  }
}

function take({ to, bytes }) {
  const peer = honest.get(to.ip);
  if (peer !== undefined) peer.id ??= Buffer.from(bytes).readUInt32BE(5);
  else if (bytes.length > (asked.get(to.ip) ?? 0)) amplified++;
}

function comeHonestly(at) {
  const from = { ip: `192.0.2.${++arrivals}`, port: 9 };
  honest.set(from.ip, { from, at, id: undefined, tries: 1 });
  hear(from, opening(7, metadata.swarmId));
}

function goOn(peer, at) {
  if (at < peer.at + roundTrip) return;
  const before = endpoint.channels.size;
  if (peer.id !== undefined) hear(peer.from, encodeDatagram(peer.id, [], dialect));
  if (endpoint.channels.size > before) {
    honestTries.push(peer.tries);
    honest.delete(peer.from.ip);
    return;
  }
  Object.assign(peer, { at, id: undefined, tries: peer.tries + 1 });
  hear(peer.from, opening(7 + peer.tries, metadata.swarmId));
}

function flood(first, last) {
  for (let at = first; at < last; at++) {
    now += interval;
    const random = randomBytes(12);
    const ip = `${10 + (random[0] % 90)}.${random[1]}.${random[2]}.${random[3]}`;
    const swarmId = at % 2 === 0 ? metadata.swarmId : random.toString('hex').padEnd(64, '0');
    const bytes = opening(random.readUInt32BE(8) || 1, swarmId);
    asked.set(ip, bytes.length);
    hear({ ip, port: random.readUInt16BE(4) }, bytes);
    if (at % honestEvery === 0) comeHonestly(at);
    if (at % batch > 0) continue;
    drain();
    asked.clear();
    for (const peer of [...honest.values()]) goOn(peer, at);
    halfOpenMost = Math.max(halfOpenMost, endpoint.halfOpenSize);
  }
}

endpoint.handle({ kind: 'join', join: { metadata, want: 'none', content: undefined, trusted: true } }, now);
flood(0, warmUp);
now += limits.halfOpen;
drain();

const before = memoryUsage().rss;
flood(warmUp, warmUp + count);
const grownBytes = memoryUsage().rss - before;
const swarms = endpoint.swarms.size;
const report = {
  count,
  grownBytes,
  halfOpenMost,
  swarms,
  amplified,
  honest: honestTries.length,
  triesMost: Math.max(...honestTries),
};
stdout.write(`${JSON.stringify(report)}\n`);
const isFine =
  grownBytes <= memoryMax &&
  halfOpenMost <= limits.halfOpenMax &&
  amplified === 0 &&
  swarms === 1 &&
  report.triesMost <= 3;
exit(isFine ? 0 : 1);
