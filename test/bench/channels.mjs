// What an idle channel costs: bytes of memory, and CPU for keeping it, in contents of growing size.
import { cpuUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import ppspp from '../../dist/libs/ppspp/src/index.js';
import { sizes } from './growth.mjs';

const { Endpoint, TreeBuilder, encodeDatagram, endpointDefaults, extentChunks, hexOf, second, subtreeOf } = ppspp;
const chunkSize = 1024;
const channels = 10_000;
/** Virtual time for which the channels are kept. */
const kept = 600 * second;
const keepAliveEvery = 60 * second;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Rows of bytes, and of nanoseconds for a minute, for each of 10,000 channels. */
export function channelRows() {
  const costs = sizes.map((size) => costOf(Math.ceil(size / chunkSize)));
  return [
    { name: 'bytes of an idle channel', figures: costs.map(({ bytes }) => bytes) },
    { name: 'ns of CPU for keeping it a minute', figures: costs.map(({ perMinute }) => perMinute) },
  ];
}

function costOf(chunkCount) {
  const { metadata, content } = contentOf(chunkCount);
  const endpoint = new Endpoint({ ...config(), ...endpointDefaults });
  endpoint.handle({ kind: 'join', join: { metadata, want: 'none', content, trusted: true } }, 0);
  endpoint.drain(0);
  collect();
  const before = process.memoryUsage();
  const ids = openAll(endpoint, metadata);
  collect();
  const after = process.memoryUsage();
  const bytes = (after.heapUsed + after.external - before.heapUsed - before.external) / channels;
  if (endpoint.channels.size !== channels) throw new Error(`${String(endpoint.channels.size)} channels are open`);
  return { bytes, perMinute: keep(endpoint, ids) };
}

/** Opens the channels as peers do: a HANDSHAKE, and an empty datagram to the channel ID that answers. */
function openAll(endpoint, metadata) {
  const ids = [];
  const options = {
    version: 1,
    minimumVersion: 1,
    swarmId: Buffer.from(metadata.swarmId, 'hex'),
    integrityMethod: 1,
    hashFunction: 2,
    chunkAddressing: 2,
    chunkSize,
  };
  for (let at = 0; at < channels; at++) {
    const from = addressOf(at);
    const opening = encodeDatagram(0, [{ type: 'handshake', channel: at + 1, options }], dialect);
    hear(endpoint, from, opening, at);
    const answer = endpoint.drain(at).find(({ kind }) => kind === 'send');
    const id = Buffer.from(answer.bytes).readUInt32BE(5);
    hear(endpoint, from, keepAlive(id), at);
    endpoint.drain(at);
    ids.push(id);
  }
  return ids;
}

/** Lets time pass; each peer says now and then that it is there. Nanoseconds of CPU for a channel and minute. */
function keep(endpoint, ids) {
  const begin = second;
  const begun = cpuUsage();
  for (let now = begin; now < begin + kept; now += second) {
    for (let at = (now / second) % 60; at < channels; at += 60) hear(endpoint, addressOf(at), keepAlive(ids[at]), now);
    endpoint.drain(now);
  }
  const { user, system } = cpuUsage(begun);
  if (endpoint.channels.size !== channels) throw new Error('channels were lost');
  return ((user + system) * 1e3) / channels / (kept / keepAliveEvery);
}

const dialect = { addressing: 'chunk32', hashBytes: 32, chunkSize };

function hear(endpoint, from, bytes, now) {
  endpoint.handle({ kind: 'datagram', from, port: 0, bytes }, now);
}

function keepAlive(id) {
  return encodeDatagram(id, [], dialect);
}

function addressOf(at) {
  return { ip: `10.${String(at >> 16)}.${String((at >> 8) & 255)}.${String(at & 255)}`, port: 6778 };
}

/** A content of which each extent is the same, so that its tree is made quickly. */
function contentOf(chunkCount) {
  const builder = new TreeBuilder('sha256');
  const whole = subtreeOf('sha256', new Uint8Array(extentChunks * chunkSize).fill(7), chunkSize);
  const extents = Math.ceil(chunkCount / extentChunks);
  const rest = chunkCount - (extents - 1) * extentChunks;
  for (let extent = 0; extent < extents - 1; extent++) builder.add(whole);
  builder.add(subtreeOf('sha256', new Uint8Array(rest * chunkSize).fill(7), chunkSize));
  const { root, peaks, blocks } = builder.finish(chunkCount);
  const metadata = { swarmId: hexOf(root), hash: 'sha256', addressing: 'chunk32', chunkSize };
  const record = { metadata, chunkCount, peaks, contentBytes: chunkCount * chunkSize };
  return { metadata, content: { record, blocks, extents: Array.from({ length: extents }, (_, index) => index) } };
}

function config() {
  let state = 1;
  return {
    random: () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0),
    wireOffset: 0n,
    admit: () => 'serve',
    portFor: () => 0,
    opensUnknown: false,
    fetchesFromCallers: false,
    servesCalled: true,
  };
}
