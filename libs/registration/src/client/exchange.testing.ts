// The library that writes certificates needs it, and needs it first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { isIP, type Server, type Socket } from 'node:net';

import * as x509 from '@peculiar/x509';

import { systemClock } from '../clock';
import type { LookUp } from './connector';
import { HttpExchange, type HttpExchangeOptions } from './http-exchange';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly from: string;
}

type Answer = (response: ServerResponse, request: Heard) => void;

/** A server of HTTP(S) that says what a test has it say. */
export class TestServer {
  readonly heard: Heard[] = [];
  /** All that ever were, and those that are there now. */
  connections = 0;
  live = 0;

  private constructor(
    private readonly server: Server & { closeAllConnections(): void },
    private readonly scheme: 'http' | 'https',
  ) {}

  static async start(answer: Answer, tls?: ServerOptions, listen = '127.0.0.1'): Promise<TestServer> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const started = new TestServer(server, tls === undefined ? 'http' : 'https');
    server.on('connection', (socket: Socket) => {
      started.connections++;
      started.live++;
      socket.on('close', () => started.live--);
    });
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers, socket } = request;
        const heard = { method, url, headers, body, from: socket.remoteAddress ?? '' };
        started.heard.push(heard);
        answer(response, heard);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, listen, resolve));
    return started;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  url(host = '127.0.0.1'): string {
    return `${this.scheme}://${host}:${String(this.port)}/`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Says the same of every name. */
export function naming(...addresses: readonly string[]): LookUp {
  return (_, { family }, callback) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const found = all.filter((one) => family === 0 || one.family === family);
    const error = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    process.nextTick(() => callback(found.length === 0 ? error : null, found));
  };
}

/** What a test starts, and ends when it is over. */
export class Lab {
  private readonly closing: { close(): Promise<void> }[] = [];

  keep<Kept extends { close(): Promise<void> }>(kept: Kept): Kept {
    this.closing.push(kept);
    return kept;
  }

  async server(answer: Answer, tls?: ServerOptions, listen?: string): Promise<TestServer> {
    return this.keep(await TestServer.start(answer, tls, listen));
  }

  exchange(url: string, options: Partial<HttpExchangeOptions> = {}): HttpExchange {
    return this.keep(new HttpExchange({ url, requestMillis: 20_000, ...options }, systemClock));
  }

  async close(): Promise<void> {
    for (const one of this.closing.splice(0).reverse()) await one.close();
  }
}

/** Of a request that nobody stops. */
export const never = new AbortController().signal;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMillis = 86_400_000;

/** A certificate with its key, and what signs with them. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** What a certificate says; valid from yesterday to tomorrow unless `days` moves that. */
export interface Wish {
  readonly name: string;
  readonly hosts?: readonly string[];
  /** Default: itself. */
  readonly issuer?: Certified;
  readonly days?: number;
  readonly authority?: boolean;
}

/** Makes a certificate. */
export async function certify({ name, hosts = [], issuer, days = 0, authority = false }: Wish): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = `CN=${name}`;
  const around = Date.now() + days * dayMillis;
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject,
    issuer: issuer?.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(around - dayMillis),
    notAfter: new Date(around + dayMillis),
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { certificate: made.toString('pem'), key: key.toString(), subject, keys };
}
