import { createHash, timingSafeEqual } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseIp } from '@weir/ppspp';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemMediaType, type ProblemRules, refusalOf } from './problem';

/** Whom an interface answers. */
export interface Doorkeeping {
  /** Names that a request may come to, in lower case, beside IP addresses and `localhost`. */
  readonly hosts: readonly string[];
  /** What a request must carry; undefined for none. */
  readonly token?: string | undefined;
  /** Paths that are answered without a token. */
  readonly open?: readonly string[];
}

/**
 * Refuses requests before anything of them is read but their head: 421 if they name a host that is none of ours, 401 if
 * they lack the token. A page on another site cannot make a browser name an IP address for it (DNS rebinding), nor
 * send our token. To be called before the app listens.
 */
export function keepDoor(app: NestFastifyApplication, rules: ProblemRules, doorkeeping: Doorkeeping): void {
  const { hosts, token, open = [] } = doorkeeping;
  const digest = token === undefined ? undefined : digestOf(token);
  const statusOf = ({ headers, url }: FastifyRequest): number | undefined => {
    if (!isOurs(headers.host, hosts)) return 421;
    if (digest === undefined || open.includes(url.split('?')[0] ?? '')) return undefined;
    return carries(headers.authorization, digest) ? undefined : 401;
  };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const status = statusOf(request);
      if (status === undefined) return done();
      if (status === 401) void reply.header('www-authenticate', 'Bearer');
      void reply.status(status).type(problemMediaType).send(refusalOf(status, rules));
    });
}

/** Host is `NAME`, `NAME:PORT`, `1.2.3.4:PORT` or `[::1]:PORT`. RFC 9110 section 7.2. */
function isOurs(host: string | undefined, hosts: readonly string[]): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host ?? '') ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase();
  return name === 'localhost' || hosts.includes(name) || parseIp(name) !== undefined;
}

/** RFC 6750 section 2.1. Digests are compared, so that the time tells neither the token nor its length. */
function carries(authorization: string | undefined, digest: Uint8Array): boolean {
  const [, given] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  return given !== undefined && timingSafeEqual(digestOf(given), digest);
}

function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
