import { addressScope, parseIp } from '@weir/ppspp';
import { z } from 'zod';
import { readPassword } from './credential-files';
import { parseHostPort } from './host-port';
import type { Parsed } from './parsed';
import { list, parsed, text } from './schema-values';
import type { Secret } from './secret';

/** Names by which an admin API may be asked for, beside addresses: aliases and names of proxies. */
const hostsMax = 64;

/** Fewest characters of a token: with less it could be guessed over the network. */
const tokenCharsMin = 16;
/** Most characters of a token: it goes with each request, in one header. */
const tokenCharsMax = 1_024;

const hostRemedy = 'write a host name, such as cache.example';

/** Where the admin API listens, and whom it answers. Whoever reaches it can erase the cache: elsewhere than on loopback it needs a token. */
export const adminSchema = z
  .strictObject({
    listen: parsed(parseHostPort),
    tokenFile: text('write the path of a file with a token, or nothing').transform((path, context) => {
      const read = path === '' ? { value: undefined } : readToken(path);
      if ('value' in read) return read.value;
      context.addIssue({ code: 'custom', message: read.remedy });
      return z.NEVER;
    }),
    hosts: list(text(hostRemedy).regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/, { error: hostRemedy }), hostsMax),
  })
  .refine(({ listen, tokenFile }) => tokenFile !== undefined || isLoopbackName(listen.host), {
    path: ['tokenFile'],
    error: `admin.listen is no loopback address, and whoever reaches it can erase the cache: name a file with a token of ${String(tokenCharsMin)} characters or more, as "openssl rand -hex 32" makes one, or listen on 127.0.0.1`,
  })
  .transform(({ listen, tokenFile: token, hosts }) => ({
    listen,
    token,
    hosts: hosts.map((host) => host.toLowerCase()),
  }));

function readToken(path: string): Parsed<Secret> {
  const read = readPassword(path);
  if ('remedy' in read) return read;
  const token = read.value.reveal();
  const isToken = /^[\x21-\x7e]+$/.test(token) && token.length >= tokenCharsMin && token.length <= tokenCharsMax;
  if (isToken) return read;
  return {
    remedy: `its first line is no token: write ${String(tokenCharsMin)} to ${String(tokenCharsMax)} visible ASCII characters there`,
  };
}

/** A name may stand for any address, but for the one that every machine has. */
function isLoopbackName(host: string): boolean {
  return host.toLowerCase() === 'localhost' || addressScope(parseIp(host) ?? []) === 'loopback';
}
