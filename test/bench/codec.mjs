// The codec alone: one chunk of 1 KiB in each DATA, one ACK for each chunk, one message in each datagram.
import ppspp from '../../dist/libs/ppspp/src/index.js';
import { measure } from './measure.mjs';

const { DatagramWriter, decodeDatagram, encodeDatagram } = ppspp;
const chunkSize = 1024;
/** An IPv6 packet of 1500 bytes without its headers. */
const datagramBytesMax = 1452;
const chunks = 256 * 1024;
const dialect = { addressing: 'chunk32', hashBytes: 20, chunkSize };
const chunk = new Uint8Array(chunkSize).fill(7);

export function codecRows() {
  const bytes = chunks * chunkSize;
  return [
    measure('encode DATA', bytes, () => encodeAll(data)),
    measure('decode DATA', bytes, () => decodeAll(data)),
    measure('encode ACK, one per chunk', bytes, () => encodeAll(ack)),
    measure('decode ACK, one per chunk', bytes, () => decodeAll(ack)),
  ];
}

function data(number) {
  const range = { first: number, last: number };
  return { type: 'data', range, timestamp: 0x0004e94180b7db44n, bytes: chunk };
}

function ack(number) {
  return { type: 'ack', range: { first: number, last: number }, delay: 12_345n };
}

function encodeAll(message) {
  const writer = new DatagramWriter(datagramBytesMax);
  for (let number = 0; number < chunks; number++) {
    writer.begin(8);
    if (!writer.add(message(number), dialect)) throw new Error('a message does not fit a datagram');
    if (writer.finish().length === 0) throw new Error('a datagram is empty');
  }
}

function decodeAll(message) {
  const wire = encodeDatagram(8, [message(1)], dialect);
  for (let number = 0; number < chunks; number++) {
    if (decodeDatagram(wire, dialect).messages.length !== 1) throw new Error('the codec refused its own datagram');
  }
}
