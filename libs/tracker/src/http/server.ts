import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

import { normalIp } from '@weir/ppspp';

import { limits } from '../limits';
import type { ClientAddresses } from './client-address';
import type { Connections } from './connections';
import { ppstpMediaType } from './media-type';

/** What stands between a socket and whoever answers. */
export interface ServerParts {
  /** Undefined for plain HTTP. */
  readonly tls: TlsOptions | undefined;
  readonly times: ServerTimes;
  readonly connections: Connections;
  readonly clients: ClientAddresses;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Body of the answer to what is no HTTP. */
  readonly malformed: () => string;
}

/** What a client may take its time for. Milliseconds. */
export interface ServerTimes {
  /** For a whole request, its first byte to its last; for a TLS handshake. */
  readonly requestMillis: number;
  /** Without a byte in either direction: a client that does not read its answer. */
  readonly idleMillis: number;
  /** For the next request of a connection. */
  readonly keepAliveMillis: number;
  /** How often connections are looked through for requests that took too long. */
  readonly checkMillis: number;
}

/** What holds unless a test is in a hurry. */
export const serverTimes: ServerTimes = {
  requestMillis: limits.requestMillis,
  idleMillis: limits.requestMillis,
  keepAliveMillis: limits.keepAliveMillis,
  checkMillis: 1_000,
};

/** A server, and how to change what it shows to new connections. */
export interface TrackerServer {
  readonly http: Server;
  /** Does nothing for plain HTTP. */
  readonly setSecureContext: (context: SecureContextOptions) => void;
}

/** An HTTP or HTTPS server that neither slow nor many nor endless clients hold up. Not listening yet. */
export function createTrackerServer(parts: ServerParts): TrackerServer {
  const { tls, times, handle } = parts;
  const options = {
    requestTimeout: times.requestMillis,
    headersTimeout: times.requestMillis,
    connectionsCheckingInterval: times.checkMillis,
    keepAliveTimeout: times.keepAliveMillis,
    maxHeaderSize: limits.headerBytesMax,
  };
  if (tls === undefined) {
    return { http: guarded(createPlainServer(options, handle), parts), setSecureContext: () => undefined };
  }
  const server = createTlsServer({ ...options, ...tls, handshakeTimeout: times.requestMillis }, handle);
  server.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy());
  return { http: guarded(server, parts), setSecureContext: (context) => server.setSecureContext(context) };
}

function guarded(server: Server, { times, connections, clients, malformed }: ServerParts): Server {
  server.timeout = times.idleMillis;
  server.maxRequestsPerSocket = limits.requestsPerConnectionMax;
  // Of TLS, too, this is the connection below, before anything is asked of us.
  server.on('connection', (socket: Socket) => {
    const ip = normalIp(socket.remoteAddress ?? '');
    if (ip === undefined) socket.destroy();
    else if (!clients.isProxy(ip)) connections.accept(socket, ip);
  });
  return server.on('clientError', (error: Error, socket: Duplex) => answerMalformed(error, socket, malformed));
}

const statusLines: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** PPSTP's answer to who does not speak HTTP, or too slowly; nothing to who has been answered, or has gone. */
function answerMalformed(error: Error, socket: Duplex, malformed: () => string): void {
  const code = 'code' in error ? String(error.code) : '';
  const isAnswered = 'bytesWritten' in socket && Number(socket.bytesWritten) > 0;
  if (!socket.writable || code === 'ECONNRESET' || isAnswered) return void socket.destroy();
  const body = malformed();
  const head = [
    `HTTP/1.1 ${statusLines[code] ?? '400 Bad Request'}`,
    `Content-Type: ${ppstpMediaType}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
