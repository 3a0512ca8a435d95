// The core's single operations: codec, uncles, availability map, LEDBAT, in contents of growing size.
import ppspp from '../../dist/libs/ppspp/src/index.js';
import uncles from '../../dist/libs/ppspp/src/channel/uncles.js';
import { nanoseconds, sizes } from './growth.mjs';

const { ChunkSet, DatagramWriter, Ledbat, decodeDatagram, encodeDatagram, limits } = ppspp;
const { neededNodes } = uncles;
const chunkSize = 1024;
const count = 100_000;
const haves = 1_000_000;
const addressings = ['chunk32', 'chunk64', 'bin32', 'bin64', 'byte64'];
const chunk = new Uint8Array(chunkSize).fill(7);

/** Rows of nanoseconds per operation. */
export function operationRows() {
  return [
    ...addressings.flatMap((addressing) => [encoding(addressing), decoding(addressing)]),
    growing('uncles, nothing acknowledged', (chunks) => selecting(chunks, new ChunkSet())),
    growing('uncles, each second chunk acknowledged', (chunks) => selecting(chunks, halfOf(chunks))),
    growing('availability map, 1e6 random HAVEs', having),
    growing('LEDBAT, an acknowledgement', acknowledging),
  ];
}

/** Bytes that the availability map of one peer holds after 1e6 random HAVEs, by its runs: two numbers each. */
export function availabilityRow() {
  const figures = sizes.map((size) => {
    const set = new ChunkSet(limits.availabilityRunsMax);
    haveAll(set, size / chunkSize, dice());
    return set.runCount;
  });
  return { name: 'runs in the availability map after them', figures };
}

function growing(name, work) {
  return { name, figures: sizes.map((size) => work(Math.ceil(size / chunkSize))) };
}

function encoding(addressing) {
  const dialect = { addressing, hashBytes: 32, chunkSize };
  return growing(`encode DATA, ${addressing}`, (chunks) => {
    const writer = new DatagramWriter(limits.datagramBytes);
    const random = dice();
    return nanoseconds(count, () => {
      for (let at = 0; at < count; at++) {
        writer.begin(8);
        if (!writer.add(data(Math.floor(random() * chunks)), dialect)) throw new Error('a message does not fit');
        writer.finish();
      }
    });
  });
}

function decoding(addressing) {
  const dialect = { addressing, hashBytes: 32, chunkSize };
  return growing(`decode DATA, ${addressing}`, (chunks) => {
    const wire = encodeDatagram(8, [data(chunks - 1)], dialect);
    return nanoseconds(count, () => {
      for (let at = 0; at < count; at++)
        if (decodeDatagram(wire, dialect).messages.length !== 1) throw new Error('refused');
    });
  });
}

function data(number) {
  return { type: 'data', range: { first: number, last: number }, timestamp: 0x0004e94180b7db44n, bytes: chunk };
}

function selecting(chunks, acknowledged) {
  const random = dice();
  return nanoseconds(count, () => {
    for (let at = 0; at < count; at++) neededNodes(Math.floor(random() * chunks), chunks, acknowledged);
  });
}

/** As far as the bound on runs lets it be remembered. */
function halfOf(chunks) {
  const set = new ChunkSet(limits.availabilityRunsMax);
  for (let at = 0; at < chunks && set.runCount < limits.availabilityRunsMax; at += 2) set.add({ first: at, last: at });
  return set;
}

function having(chunks) {
  const random = dice();
  return nanoseconds(haves, () => haveAll(new ChunkSet(limits.availabilityRunsMax), chunks, random));
}

function haveAll(set, chunks, random) {
  for (let at = 0; at < haves; at++) {
    const first = Math.floor(random() * chunks);
    set.add({ first, last: first });
  }
}

function acknowledging() {
  const ledbat = new Ledbat({ segmentBytes: chunkSize, windowBytesMax: 4 * 2 ** 20 });
  let now = 0;
  return nanoseconds(count, () => {
    for (let at = 0; at < count; at++) {
      now += 100;
      const delay = 20_000 + (at % 64) * 10;
      ledbat.acknowledged({ bytes: chunkSize, delay, flightBytes: 64 * chunkSize, roundTrip: 40_000, now });
    }
  });
}

/** The same numbers in every run. */
function dice() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
