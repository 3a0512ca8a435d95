// The requests of the benchmark, as bytes with a place for the transaction ID: what repeats one is answered from memory, so
// that each request needs another. Building JSON for each would make the load generator the slower side.
import { Buffer } from 'node:buffer';
import ppstp from '../../../dist/libs/ppstp/src/index.js';

const { encodeRequest } = ppstp;

/** Enough that the server always has a next request, and few enough that its queue is no part of the measurement. */
export const connections = 32;
/** Peers that ask in turn on one connection. */
export const peersPerConnection = 4;
export const mediaType = 'application/ppsp-tracker+json';

const placeholder = '0000000000000000';

/** The source address of a connection: each is in an IPv4 /24 of its own, as a tracker's bounds by prefix have it. */
export function sourceOf(connection) {
  return `127.${16 + (connection >> 4)}.${connection & 15}.1`;
}

export function askingPeerId(connection, place) {
  return `a${connection.toString(16).padStart(3, '0')}${place.toString(16).padStart(4, '0')}`.padEnd(32, '0');
}

/** A viewer's quarter of an hour in one swarm: he joins, looks for more peers twice, and reports each minute. */
const viewing = [
  'connect',
  ...Array(5).fill('report'),
  'find',
  ...Array(5).fill('report'),
  'find',
  ...Array(5).fill('report'),
];

/** The kinds of request that follow one another in an order of this kind. */
export function kindsOf(kind) {
  return kind === 'viewing' ? viewing : [kind];
}

/** What a request of this kind says; `swarmId` is the one it is about. */
export function messageOf(kind, { peerId, ip, swarmId }) {
  const base = { transactionId: placeholder, peerId };
  const address = { ip, port: 7000, priority: 1, type: 'HOST' };
  const action = { swarmId, action: 'JOIN', mode: 'LEECH' };
  switch (kind) {
    case 'connect':
      return { type: 'CONNECT', ...base, addresses: [address], actions: [action], peerNumber: { peerCount: 29 } };
    case 'find':
      return { type: 'FIND', ...base, swarmId, peerNumber: { peerCount: 29 } };
    case 'report': {
      const stats = { swarmId, uploadedBytes: 1e9, downloadedBytes: 2e9, availableBandwidth: 1e7, concurrentLinks: 12 };
      return { type: 'STAT_REPORT', ...base, stats: [stats] };
    }
  }
}

/** A whole HTTP request whose transaction ID is stamped into it before each use. */
export class PreparedRequest {
  constructor(url, kind, peer) {
    const body = kind === 'hello' ? '' : encodeRequest(messageOf(kind, peer));
    const { host, pathname } = new URL(url);
    const lines =
      kind === 'hello'
        ? [`GET ${pathname} HTTP/1.1`, `Host: ${host}`]
        : [
            `POST ${pathname} HTTP/1.1`,
            `Host: ${host}`,
            `Content-Type: ${mediaType}`,
            `Content-Length: ${Buffer.byteLength(body)}`,
          ];
    this.bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
    this.place = this.bytes.indexOf(placeholder);
  }

  stamp(number) {
    if (this.place >= 0) this.bytes.write(number.toString(16).padStart(placeholder.length, '0'), this.place, 'latin1');
    return this.bytes;
  }
}
